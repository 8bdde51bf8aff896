import { Ajv, type ErrorObject, type Options } from 'ajv'
import formats from 'ajv-formats'

const options: Options = { allErrors: true, useDefaults: true, strict: false }

/** Validates without coercion: a value must have the schema's type. */
export const typed = formats.default(new Ajv(options))

const explained = new Map<string, string>()

/** Sets the error message for a pattern: `must be one line of text`. Ajv would show the pattern itself. */
export function explainPattern(pattern: string, words: string): void {
  explained.set(pattern, words)
}

type Failure = Pick<ErrorObject, 'instancePath' | 'message'> & { readonly params?: Readonly<Record<string, unknown>> }

/** The fields that are at fault and what is wrong with each, for the sender of the value. */
export function faultsIn(failures: readonly Failure[]): { path: string; message: string }[] {
  return failures.map(({ instancePath, message = 'is not valid', params }) => {
    // Ajv points at the parent of a property that is missing or unknown.
    const child = params?.missingProperty ?? params?.additionalProperty
    return {
      path: child === undefined ? instancePath || '/' : `${instancePath}/${String(child)}`,
      message: explained.get(String(params?.pattern)) ?? message,
    }
  })
}
