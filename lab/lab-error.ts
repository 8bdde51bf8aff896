/** An answer that is not a success, in the form that Fastify's own error handler and most others understand. */
export class LabError extends Error {
  override readonly name = 'LabError'
  /** The message may be shown, even if the status is one that servers usually keep silent about. */
  readonly expose = true

  constructor(
    readonly statusCode: number,
    message: string,
  ) {
    super(message)
  }
}
