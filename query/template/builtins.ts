/** The functions that Go's templates have themselves: https://pkg.go.dev/text/template#hdr-Functions */
import { Unsupported } from '../unsupported.ts'
import { escapeQuery } from './escape-query.ts'
import { type FunctionTable, type TemplateFunction, takes } from './functions.ts'
import { formatted } from './printf.ts'
import { isTrue, printAll, printed, TemplateList, TemplateMap, type TemplateValue, typeName } from './value.ts'

const BUILTINS: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  // Evaluated where the template is, because they do not always evaluate what they are given.
  ['and', takes('any any...', () => null)],
  ['or', takes('any any...', () => null)],
  ['not', takes('any', (value) => !isTrue(value))],
  ['len', takes('any', (value: TemplateValue) => length(value))],
  ['index', takes('any any...', (value: TemplateValue, ...indexes: TemplateValue[]) => index(value, indexes))],
  ['slice', takes('any any...', (value: TemplateValue, ...indexes: TemplateValue[]) => slice(value, indexes))],
  ['print', takes('any...', (...values: TemplateValue[]) => printAll(values))],
  ['println', takes('any...', (...values: TemplateValue[]) => `${values.map(printed).join(' ')}\n`)],
  ['printf', takes('string any...', (format: string, ...values: TemplateValue[]) => formatted(format, values))],
  ['html', takes('any...', (...values: TemplateValue[]) => escapeHtml(printAll(values)))],
  ['urlquery', takes('any...', (...values: TemplateValue[]) => escapeQuery(printAll(values)))],
  ['eq', takes('any any...', (first: TemplateValue, ...others: TemplateValue[]) => isEqual(first, others))],
  ['ne', takes('any any', (a: TemplateValue, b: TemplateValue) => !isEqual(a, [b]))],
  ['lt', takes('any any', (a: TemplateValue, b: TemplateValue) => isLess(a, b))],
  ['le', takes('any any', (a: TemplateValue, b: TemplateValue) => isLess(a, b) || isEqual(a, [b]))],
  ['gt', takes('any any', (a: TemplateValue, b: TemplateValue) => !isLess(a, b) && !isEqual(a, [b]))],
  ['ge', takes('any any', (a: TemplateValue, b: TemplateValue) => !isLess(a, b))],
])

const REFUSED = new Set(['call', 'js'])

/** These functions, and Go's own where there is none of that name. */
export function withBuiltins(functions: FunctionTable): FunctionTable {
  return {
    get(name) {
      const found = functions.get(name) ?? BUILTINS.get(name)
      if (found === undefined && REFUSED.has(name))
        throw new Unsupported(`the template function ${name} is not supported`)
      return found
    },
  }
}

function length(value: TemplateValue): bigint {
  if (typeof value === 'string') return BigInt(Buffer.byteLength(value))
  if (value instanceof TemplateList) return BigInt(value.items.length)
  if (value instanceof TemplateMap) return BigInt(value.entries.size)
  if (value === null) throw new Error('len of nil pointer')
  throw new Error(`len of type ${typeName(value)}`)
}

function index(value: TemplateValue, indexes: readonly TemplateValue[]): TemplateValue {
  if (value === null) throw new Error('index of untyped nil')
  let item: TemplateValue = value
  for (const at of indexes) {
    if (item === null) throw new Error('index of nil pointer')
    if (item instanceof TemplateMap) {
      if (at === null) throw new Error('value is nil; should be of type string')
      if (typeof at !== 'string') throw new Error(`value has type ${typeName(at)}; should be string`)
      item = item.get(at)
    } else if (item instanceof TemplateList) {
      const { items }: TemplateList = item
      item = items[indexIn(at, items.length)] ?? outOfRange(at)
    } else if (typeof item === 'string') {
      const bytes = Buffer.from(item)
      item = BigInt(bytes[indexIn(at, bytes.length)] ?? outOfRange(at))
    } else throw new Error(`can't index item of type ${typeName(item)}`)
  }
  return item
}

function outOfRange(at: TemplateValue): never {
  throw new Error(`reflect: slice index out of range: ${printed(at)}`)
}

function indexIn(at: TemplateValue, most: number): number {
  if (at === null) throw new Error('cannot index slice/array with nil')
  if (typeof at !== 'bigint') throw new Error(`cannot index slice/array with type ${typeName(at)}`)
  if (at < 0n || at > BigInt(most)) throw new Error(`index out of range: ${at}`)
  return Number(at)
}

/** By bytes, as Go slices strings. */
function slice(value: TemplateValue, indexes: readonly TemplateValue[]): TemplateValue {
  if (value === null) throw new Error('slice of untyped nil')
  if (indexes.length > 3) throw new Error(`too many slice indexes: ${indexes.length}`)
  if (typeof value !== 'string' && !(value instanceof TemplateList))
    throw new Error(`can't slice item of type ${typeName(value)}`)
  if (typeof value === 'string' && indexes.length === 3) throw new Error('cannot 3-index slice a string')
  const size = typeof value === 'string' ? Buffer.byteLength(value) : value.items.length
  const [from = 0, to = size, most = size] = indexes.map((at) => indexIn(at, size))
  if (from > to) throw new Error(`invalid slice index: ${from} > ${to}`)
  if (to > most) throw new Error(`invalid slice index: ${to} > ${most}`)
  if (typeof value === 'string') return Buffer.from(value).subarray(from, to).toString()
  return new TemplateList(value.items.slice(from, to), value.typeName)
}

function isBasic(value: TemplateValue): value is string | bigint | number | boolean {
  return typeof value !== 'object'
}

function isEqual(first: TemplateValue, others: readonly TemplateValue[]): boolean {
  if (others.length === 0) throw new Error('missing argument for comparison')
  return others.some((other) => {
    if (first === null || other === null) return first === other
    if ((isBasic(first) || isBasic(other)) && typeof first !== typeof other) incompatible(first, other)
    if (first instanceof TemplateMap || first instanceof TemplateList)
      throw new Error(`non-comparable type ${printed(other)}: ${typeName(other)}`)
    return first === other
  })
}

function isLess(a: TemplateValue, b: TemplateValue): boolean {
  if (a === null || b === null || !isBasic(a) || !isBasic(b)) throw new Error('invalid type for comparison')
  if (typeof a !== typeof b) incompatible(a, b)
  if (typeof a === 'boolean') throw new Error('invalid type for comparison')
  return a < b
}

function incompatible(a: TemplateValue, b: TemplateValue): never {
  throw new Error(`incompatible types for comparison: ${typeName(a)} and ${typeName(b)}`)
}

const HTML: Readonly<Record<string, string>> = {
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '\0': '\ufffd',
}

function escapeHtml(text: string): string {
  return text.replace(/["'&<>\0]/g, (character) => HTML[character] as string)
}
