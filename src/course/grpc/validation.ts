import type { Static, TSchema } from 'typebox'
import { DomainError } from '../../platform/domain-error.ts'
import { faultsIn, typed } from '../../platform/validator.ts'

/**
 * Validates a message against the schema that HTTP uses too. A schema is compiled on first use.
 *
 * @returns the value, with the schema's defaults
 * @throws DomainError invalid, with all fields at fault
 */
export function checked<S extends TSchema>(schema: S, value: unknown): Static<S> {
  const validate = typed.compile<Static<S>>(schema)
  if (validate(value)) return value
  throw new DomainError('invalid', 'The request is not valid.', faultsIn(validate.errors ?? []))
}
