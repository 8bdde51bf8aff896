/** The level of a line, as a word and a colour. */
export function LevelBadge({ level }: { readonly level: string | undefined }) {
  return <span class={`level ${level ?? 'info'}`}>{level ?? '?'}</span>
}
