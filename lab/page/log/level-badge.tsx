/** The level of a line; the word says what the colour says. */
export function LevelBadge({ level }: { readonly level: string | undefined }) {
  return <span class={`level ${level ?? 'info'}`}>{level ?? '?'}</span>
}
