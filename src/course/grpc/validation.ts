import type { Static, TSchema } from 'typebox'
import { DomainError } from '../../platform/domain-error.ts'
import { faultsIn, typed } from '../../platform/validator.ts'

/**
 * Checks what a message says against the schema that REST has for it. A schema is compiled when it is first needed.
 *
 * @returns the value, with the schema's defaults
 * @throws DomainError invalid, with every field that is at fault
 */
export function checked<S extends TSchema>(schema: S, value: unknown): Static<S> {
  const validate = typed.compile<Static<S>>(schema)
  if (validate(value)) return value
  throw new DomainError('invalid', 'The request is not valid.', faultsIn(validate.errors ?? []))
}
