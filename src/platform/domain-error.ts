/** What can go wrong in the domain, in words that fit HTTP and gRPC alike. */
export type DomainErrorCode = 'invalid' | 'not_found' | 'conflict' | 'sold_out' | 'unavailable' | 'timeout' | 'internal'

/** The one error that services throw on purpose. Its message is safe to show to the caller. */
export class DomainError extends Error {
  override readonly name = 'DomainError'

  constructor(
    readonly code: DomainErrorCode,
    message: string,
    /** For `invalid`: which fields, and what is wrong with each. */
    readonly fields: readonly { readonly path: string; readonly message: string }[] = [],
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}
