import type { Static, TSchema } from 'typebox'
import { DomainError } from '../../platform/domain-error.ts'
import { pathOfFailure } from '../../platform/problem.ts'
import { messageOf, typed } from '../../platform/validation.ts'

/**
 * Checks what a message says against the schema that REST has for it. A schema is compiled when it is first needed.
 *
 * @returns the value, with the schema's defaults
 * @throws DomainError invalid, with every field that is at fault
 */
export function checked<S extends TSchema>(schema: S, value: unknown): Static<S> {
  const validate = typed.compile<Static<S>>(schema)
  if (validate(value)) return value
  const faults = (validate.errors ?? []).map((fault) => ({
    path: pathOfFailure(fault),
    message: messageOf(fault),
  }))
  throw new DomainError('invalid', 'The request is not valid.', faults)
}
