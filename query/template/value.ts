/** The values that templates work with, as Go's: https://pkg.go.dev/text/template */
import { formatGeneral } from '../promql/format-number.ts'
import { compareText } from '../series/labels.ts'

/** A whole number is a bigint, because Go has another type for it than for a float. `null` is `nil`. */
export type TemplateValue = string | bigint | number | boolean | null | TemplateMap | TemplateList | TemplateObject

/** A map with text for keys. */
export class TemplateMap {
  constructor(
    readonly entries: ReadonlyMap<string, TemplateValue>,
    readonly typeName: 'map[string]string' | 'map[string]interface {}' = 'map[string]string',
  ) {}

  /** @returns the zero value of the type when there is no such key */
  get(key: string): TemplateValue {
    return this.entries.get(key) ?? (this.typeName === 'map[string]string' ? '' : null)
  }
}

/** A slice. */
export class TemplateList {
  constructor(
    readonly items: readonly TemplateValue[],
    readonly typeName: string,
  ) {}
}

/** A value with fields and methods of its own. */
export interface TemplateObject {
  readonly typeName: string
  /** @returns undefined when there is no such field or method */
  field(name: string): TemplateValue | TemplateMethod | undefined
  /** As `%v` prints it. */
  print(): string
}

/** What is called when a template names it with a value: `{{ $time.Format "15:04" }}`. */
export class TemplateMethod {
  constructor(
    /** Types of what it takes. */
    readonly parameters: readonly string[],
    readonly run: (...args: never[]) => TemplateValue,
  ) {}
}

/** A value with fields only. */
export class Struct implements TemplateObject {
  constructor(
    readonly typeName: string,
    readonly fields: Readonly<Record<string, TemplateValue>>,
  ) {}

  field(name: string): TemplateValue | undefined {
    return Object.hasOwn(this.fields, name) ? this.fields[name] : undefined
  }

  print(): string {
    return `{${Object.values(this.fields).map(printed).join(' ')}}`
  }
}

/** Go's name for the type of a value. */
export function typeName(value: TemplateValue): string {
  switch (typeof value) {
    case 'string':
      return 'string'
    case 'bigint':
      return 'int'
    case 'number':
      return 'float64'
    case 'boolean':
      return 'bool'
  }
  return value === null ? '<nil>' : value.typeName
}

/** Whether `if` takes it for true. */
export function isTrue(value: TemplateValue): boolean {
  if (value instanceof TemplateMap) return value.entries.size > 0
  if (value instanceof TemplateList) return value.items.length > 0
  // Go's NaN is true.
  return typeof value === 'number' ? value !== 0 : Boolean(value)
}

/** As Go prints a value with `%v`. */
export function printed(value: TemplateValue): string {
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
      return formatGeneral(value)
    case 'bigint':
    case 'boolean':
      return String(value)
  }
  if (value === null) return '<nil>'
  if (value instanceof TemplateList) return `[${value.items.map(printed).join(' ')}]`
  if (!(value instanceof TemplateMap)) return value.print()
  const entries = [...value.entries].sort(([a], [b]) => compareText(a, b))
  return `map[${entries.map(([key, one]) => `${key}:${printed(one)}`).join(' ')}]`
}

/** As `print` does: with spaces between operands of which neither is text. */
export function printAll(values: readonly TemplateValue[]): string {
  return values
    .map((value, i) => {
      const isApart = i > 0 && typeof value !== 'string' && typeof values[i - 1] !== 'string'
      return (isApart ? ' ' : '') + printed(value)
    })
    .join('')
}
