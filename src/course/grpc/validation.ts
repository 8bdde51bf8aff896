import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import type { Static, TSchema } from 'typebox'
import { DomainError } from '../../platform/domain-error.ts'
import { pathOfFailure } from '../../platform/problem.ts'

// Compiles what Fastify compiles for the same schemas, save that nothing is coerced: a message has its types already.
const ajv = formats.default(new Ajv({ allErrors: true, useDefaults: true, strict: false }))

/**
 * Checks what a message says against the schema that REST has for it. A schema is compiled when it is first needed.
 *
 * @returns the value, with the schema's defaults
 * @throws DomainError invalid, with every field that is at fault
 */
export function checked<S extends TSchema>(schema: S, value: unknown): Static<S> {
  const validate = ajv.compile<Static<S>>(schema)
  if (validate(value)) return value
  const faults = (validate.errors ?? []).map((fault) => ({
    path: pathOfFailure(fault),
    message: fault.message ?? 'is not valid',
  }))
  throw new DomainError('invalid', 'The request is not valid.', faults)
}
