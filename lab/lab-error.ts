/** An error with a status, in the form that Fastify's own error handler and most others understand. */
export class LabError extends Error {
  override readonly name = 'LabError'
  /** The message may be sent to the client, even with a 5xx status. */
  readonly expose = true

  constructor(
    readonly statusCode: number,
    message: string,
  ) {
    super(message)
  }
}
