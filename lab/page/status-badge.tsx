/** An HTTP status as a number and a colour. */
export function StatusBadge({ status }: { readonly status: number }) {
  const kind = status >= 500 ? 'error' : status >= 400 ? 'warn' : 'ok'
  return <span class={`badge ${kind}`}>{status}</span>
}
