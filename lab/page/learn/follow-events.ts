/** Wait before a stream that was refused is opened again. The browser itself reopens one that broke off. */
const RETRY_MS = 2000

/**
 * Follows a stream of events of `/lab/api/learn`, over restarts of the server.
 *
 * @returns ends it
 */
export function followEvents<T>(path: string, event: string, take: (data: T) => void): () => void {
  let source: EventSource
  let retry: ReturnType<typeof setTimeout> | undefined

  function open(): void {
    source = new EventSource(`/lab/api/learn/${path}`)
    source.addEventListener(event, ({ data }: MessageEvent<string>) => take(JSON.parse(data) as T))
    source.addEventListener('error', () => {
      if (source.readyState === EventSource.CLOSED) retry = setTimeout(open, RETRY_MS)
    })
  }

  open()
  return () => {
    clearTimeout(retry)
    source.close()
  }
}
