/** What can go wrong in the domain. HTTP and gRPC each map the codes to statuses of their own. */
export type DomainErrorCode =
  | 'invalid'
  | 'idempotency_key_reused'
  | 'not_found'
  | 'conflict'
  | 'sold_out'
  | 'unavailable'
  | 'timeout'
  | 'internal'

/** The one error that services throw on purpose. Its message is safe to show to the caller. */
export class DomainError extends Error {
  override readonly name = 'DomainError'

  constructor(
    readonly code: DomainErrorCode,
    message: string,
    /** The fields that are at fault, and what is wrong with each. */
    readonly fields: readonly { readonly path: string; readonly message: string }[] = [],
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}
