const encoder = new TextEncoder()

/** Line and column as Prometheus counts them: from 1, the column in bytes. `2:15` */
export function positionIn(text: string, offset: number): string {
  if (text === '') return 'unknown position'
  const before = text.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  const line = before.split('\n').length
  return `${line}:${encoder.encode(before.slice(lineStart)).length + 1}`
}

/** A query that is wrong before any sample is looked at. The message is Prometheus', with the position. */
export class ParseError extends Error {
  constructor(
    readonly text: string,
    /** Where in the text, as an offset in JavaScript's string. */
    readonly offset: number,
    readonly reason: string,
  ) {
    super(`${positionIn(text, offset)}: parse error: ${reason}`)
    this.name = 'ParseError'
  }
}
