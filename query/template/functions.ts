import type { TemplateValue } from './value.ts'

/** What a template may call. */
export interface TemplateFunction {
  /** Go's names of the types that it takes; `any` for all. */
  readonly parameters: readonly string[]
  /** The type of the arguments behind those, of which there may be any number. */
  readonly rest?: string | undefined
  readonly run: (...args: TemplateValue[]) => TemplateValue
}

/** The functions of a template, by name. */
export interface FunctionTable {
  /** @throws {Unsupported} naming a function that exists, but is not supported */
  get(name: string): TemplateFunction | undefined
}

/**
 * @param signature Go's names of the types that it takes: `int string`, or `string any...` when there may be any number
 *   of the last
 * @param run receives values of these types
 */
export function takes(signature: string, run: (...args: never[]) => TemplateValue): TemplateFunction {
  const types = signature.split(' ').filter((type) => type !== '')
  const last = types.at(-1)
  const call = run as TemplateFunction['run']
  if (last?.endsWith('...')) return { parameters: types.slice(0, -1), rest: last.slice(0, -3), run: call }
  return { parameters: types, run: call }
}
