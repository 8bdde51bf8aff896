import type { KnownKey, LogFields, Span } from '../wire.ts'
import { SPAN_KEYS } from './matching.ts'

/** An object in a field is searched for keys to this depth. */
const DEPTH = 3
const MAX_KEYS = 200
const MAX_VALUES = 10
const MAX_CHARACTERS = 80

/** The keys of these lines, by name, each with some of its values. */
export function keysOfLines(lines: readonly { readonly fields: LogFields }[]): KnownKey[] {
  const keys = new KeyCollection()
  for (const { fields } of lines) keys.addFields(fields)
  return keys.byName()
}

/** The keys by which these spans can be found. */
export function keysOfSpans(spans: Iterable<Span>): KnownKey[] {
  const keys = new KeyCollection()
  for (const span of spans) {
    for (const name of SPAN_KEYS) if (name !== 'request_id') keys.add(name, span[name])
    keys.addFields(span.attributes)
    for (const { attributes } of span.events) keys.addFields(attributes)
  }
  return keys.byName()
}

class KeyCollection {
  readonly #values = new Map<string, Set<string>>()

  /** Adds the fields, and those of objects in them as `err.type`. */
  addFields(fields: object, prefix = '', depth = 1): void {
    for (const [name, value] of Object.entries(fields)) {
      const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
      if (!isObject) this.add(prefix + name, value)
      else if (depth < DEPTH) this.addFields(value, `${prefix}${name}.`, depth + 1)
    }
  }

  add(name: string, value: unknown): void {
    const values = this.#values.get(name) ?? this.#begin(name)
    if (values === undefined || values.size >= MAX_VALUES) return
    for (const one of [value].flat()) {
      const text = String(one)
      if (text !== '' && text.length <= MAX_CHARACTERS) values.add(text)
    }
  }

  byName(): KnownKey[] {
    const keys = [...this.#values].map(([name, values]) => ({ name, values: [...values] }))
    return keys.sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** A key that a filter cannot name is left out. */
  #begin(name: string): Set<string> | undefined {
    if (this.#values.size >= MAX_KEYS || !/^[A-Za-z_][\w./-]{0,79}$/.test(name)) return undefined
    const values = new Set<string>()
    this.#values.set(name, values)
    return values
  }
}
