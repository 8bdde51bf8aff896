/** A query that is wrong before any line is looked at. The message is Loki's. */
export class LogParseError extends Error {
  override readonly name = 'LogParseError'

  /**
   * @param position as Loki counts it; absent for what its grammar accepts and a later check does not
   * @param offset where in the text, as an offset in JavaScript's string, if it is known
   */
  constructor(
    readonly reason: string,
    position?: { readonly line: number; readonly column: number },
    readonly offset?: number,
  ) {
    super(
      position === undefined
        ? `parse error : ${reason}`
        : `parse error at line ${position.line}, col ${position.column}: ${reason}`,
    )
  }
}
