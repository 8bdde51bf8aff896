import { ownAttribute } from '../own-attribute.ts'
import type { Attributes, LogLine, Span } from '../wire.ts'
import type { Filter, Term } from './filter.ts'

/** A span's attributes and a line's fields have other names for the same thing; a filter may use either. */
const SAME: readonly (readonly string[])[] = [
  ['route', 'http.route'],
  ['method', 'http.request.method'],
  ['path', 'url.path'],
  ['status', 'http.response.status_code'],
  ['duration', 'latency'],
  ['service', 'service.name'],
]

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']

/** In milliseconds. */
const UNITS: Readonly<Record<string, number>> = { us: 0.001, µs: 0.001, ms: 1, s: 1000, m: 60_000 }

/** Whether a line meets all terms. */
export function matchesLine({ terms }: Filter, { raw, fields }: LogLine): boolean {
  if (terms.length === 0) return true
  let text: string | undefined
  return terms.every((term) => {
    if (term.key !== null)
      return (
        holds(
          term,
          namesOf(term.key).flatMap((name) => valuesAt(fields, name)),
        ) !== term.negated
      )
    text ??= raw.toLowerCase()
    return text.includes(term.value.toLowerCase()) !== term.negated
  })
}

/**
 * Whether a trace meets all terms. One span must meet a term, each term possibly another span; a negated term must be
 * met by none.
 */
export function matchesTrace({ terms }: Filter, spans: readonly Span[]): boolean {
  return terms.every((term) => spans.some((span) => meets(term, span)) !== term.negated)
}

function meets(term: Term, span: Span): boolean {
  if (term.key !== null)
    return holds(
      term,
      namesOf(term.key).flatMap((name) => valuesOfSpan(span, name)),
    )
  const wanted = term.value.toLowerCase()
  const isIn = (value: unknown) => String(value).toLowerCase().includes(wanted)
  const isInside = (attributes: Attributes) => Object.entries(attributes).some((entry) => entry.some(isIn))
  const { name, service, status_message = '', trace_id, span_id } = span
  return (
    [name, service, status_message, trace_id, span_id].some(isIn) ||
    isInside(span.attributes) ||
    span.events.some((event) => isIn(event.name) || isInside(event.attributes))
  )
}

/** What a span is called by in a filter, beside its attributes and those of its events. */
export const SPAN_KEYS = ['name', 'service', 'kind', 'status', 'duration', 'request_id', 'trace_id', 'span_id'] as const

function valuesOfSpan(span: Span, name: string): unknown[] {
  const own = name === 'request_id' ? ownAttribute(span.attributes, name) : ownField(span, name)
  const attributes = [span.attributes, ...span.events.map((event) => event.attributes)]
  return [own, ...attributes.filter((all) => Object.hasOwn(all, name)).map((all) => all[name])]
    .flat()
    .filter((value) => value !== undefined)
}

function ownField(span: Span, name: string): unknown {
  return (SPAN_KEYS as readonly string[]).includes(name) ? span[name as keyof Span] : undefined
}

/** A field, or a field of an object in one: `err.type`. */
function valuesAt(fields: object, name: string): unknown[] {
  if (Object.hasOwn(fields, name)) return [(fields as Record<string, unknown>)[name]].flat()
  const dot = name.indexOf('.')
  if (dot === -1) return []
  const inner = Object.hasOwn(fields, name.slice(0, dot)) && (fields as Record<string, unknown>)[name.slice(0, dot)]
  return typeof inner === 'object' && inner !== null ? valuesAt(inner, name.slice(dot + 1)) : []
}

function namesOf(key: string): readonly string[] {
  return SAME.find((names) => names.includes(key)) ?? [key]
}

/** Whether one of the values meets the term, negation aside. */
function holds({ key, operator, value }: Term, values: readonly unknown[]): boolean {
  const wanted = value.toLowerCase()
  switch (operator) {
    case '=': {
      const isWanted = wanted.includes('*') ? isLike(wanted) : (text: string) => text === wanted
      return values.some((found) => isWanted(textOf(found)))
    }
    case '~':
      return values.some((found) => textOf(found).includes(wanted))
    default: {
      const limit = key === 'level' ? LEVELS.indexOf(wanted) : numberIn(wanted)
      if (limit === undefined || limit === -1) return false
      return values.some((found) => {
        const number = key === 'level' ? LEVELS.indexOf(textOf(found)) : numberIn(textOf(found))
        return number !== undefined && isOrdered(number, operator, limit)
      })
    }
  }
}

/** Matches `*` by searching the parts between in order, in linear time. */
function isLike(pattern: string): (text: string) => boolean {
  const [first = '', ...rest] = pattern.split('*')
  const last = rest.pop() ?? ''
  return (text) => {
    if (!text.startsWith(first) || !text.endsWith(last)) return false
    let at = first.length
    for (const part of rest) {
      const found = text.indexOf(part, at)
      if (found === -1) return false
      at = found + part.length
    }
    return at <= text.length - last.length
  }
}

function isOrdered(number: number, operator: '>' | '>=' | '<' | '<=', limit: number): boolean {
  if (operator === '>') return number > limit
  if (operator === '>=') return number >= limit
  return operator === '<' ? number < limit : number <= limit
}

/** A number, or a duration with its unit in milliseconds. */
function numberIn(text: string): number | undefined {
  const [, digits, unit] = /^(-?\d+(?:\.\d+)?)(us|µs|ms|s|m)?$/.exec(text) ?? []
  return digits === undefined ? undefined : Number(digits) * (UNITS[unit ?? ''] ?? 1)
}

function textOf(value: unknown): string {
  return (typeof value === 'object' ? JSON.stringify(value) : String(value)).toLowerCase()
}
