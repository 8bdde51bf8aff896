import { shorten } from './shorten.ts'
import type { Attributes, AttributeValue, Span } from './wire.ts'

const TEXT = 4000
const ATTRIBUTES = 64
const EVENTS = 32
const ITEMS = 32

/** Total characters of one span. */
const BUDGET = 64 * 1024

export interface BoundedSpan {
  readonly span: Span
  /** Approximate bytes. */
  readonly bytes: number
}

/** Truncates long values and drops excess ones, so that no span can use up the memory. */
export function bounded(span: Span): BoundedSpan {
  const rest = { characters: BUDGET, cut: false, values: 0 }

  const text = (value: string): string => {
    const length = Math.min(TEXT, rest.characters)
    if (value.length > length) rest.cut = true
    rest.characters -= Math.min(value.length, length)
    return shorten(value, length)
  }
  const valueIn = (value: AttributeValue): AttributeValue => {
    rest.values++
    if (typeof value === 'string') return text(value)
    return Array.isArray(value)
      ? firstOf(value, ITEMS).map((item) => (typeof item === 'string' ? text(item) : item))
      : value
  }
  const firstOf = <T>(items: readonly T[], count: number): readonly T[] => {
    if (items.length > count) rest.cut = true
    return items.length > count ? items.slice(0, count) : items
  }
  const attributesIn = (attributes: Attributes): Attributes => {
    const entries = firstOf(Object.entries(attributes), ATTRIBUTES)
    return Object.fromEntries(entries.map(([name, value]) => [text(name), valueIn(value)]))
  }

  const parts = {
    name: text(span.name),
    ...(span.status_message === undefined ? {} : { status_message: text(span.status_message) }),
    attributes: attributesIn(span.attributes),
    events: firstOf(span.events, EVENTS).map((event) => ({
      ...event,
      name: text(event.name),
      attributes: attributesIn(event.attributes),
    })),
    links: firstOf(span.links, EVENTS).map((link) => ({ ...link, attributes: attributesIn(link.attributes) })),
  }
  const bytes = 1000 + 50 * rest.values + 2 * (BUDGET - rest.characters)
  return { span: { ...span, ...parts, cut: span.cut || rest.cut }, bytes }
}
