import { fieldsOf } from '../log-fields.ts'
import { summaryOf } from '../trace-summary.ts'
import type { Attributes, AttributeValue, LogFields, LogLine, Span, Story } from '../wire.ts'
import { groupBy } from './group-by.ts'

/**
 * A request's story as a file: JSON whose `resourceSpans` are spans in OTLP's JSON encoding, so that the file can also be
 * sent to a collector, and whose `lines` are the log lines as they were logged.
 *
 * https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
interface SavedStory {
  readonly format: typeof FORMAT
  readonly lines: readonly string[]
  readonly resourceSpans: readonly ResourceSpans[]
}

interface ResourceSpans {
  readonly resource: { readonly attributes: readonly KeyValue[] }
  readonly scopeSpans: readonly { readonly scope: { readonly name: string }; readonly spans: readonly unknown[] }[]
}

interface KeyValue {
  readonly key: string
  readonly value: unknown
}

const FORMAT = 'lab-story/1'

/** A file that is no story. The message says why. */
export class SavedStoryError extends Error {
  override readonly name = 'SavedStoryError'
}

/** What a file may hold. The page refuses or shortens more. */
export const SAVED_LIMITS = { bytes: 8_000_000, spans: 1000, lines: 2000, attributes: 128, characters: 64 * 1024 }

const KINDS = ['internal', 'server', 'client', 'producer', 'consumer'] as const
const STATUSES = ['unset', 'ok', 'error'] as const
/** Bits of a span's flags: whether it is known that the parent is remote, and whether it is. */
const IS_REMOTE_KNOWN = 0x100
const IS_REMOTE = 0x200

export function saveStory({ lines, trace }: Pick<Story, 'lines' | 'trace'>): string {
  const services = groupBy(trace?.all_spans ?? [], ({ service }) => service)
  const saved: SavedStory = {
    format: FORMAT,
    lines: lines.map(({ raw }) => raw),
    resourceSpans: [...services].map(([service, spans]) => ({
      resource: { attributes: toKeyValues({ 'service.name': service }) },
      scopeSpans: [{ scope: { name: 'lab' }, spans: spans.map(toOtlp) }],
    })),
  }
  return JSON.stringify(saved, null, 2)
}

/**
 * Reads a saved story, or any OTLP JSON file with a single trace. Nothing in it is trusted: what has a wrong type is
 * refused, and what is too long is shortened.
 *
 * @throws SavedStoryError
 */
export function openStory(text: string): Story {
  if (text.length > SAVED_LIMITS.bytes) throw new SavedStoryError('The file is too large: 8 MB at most.')
  const file = parse(text)
  const lines = listIn(file, 'lines').map(toLine)
  const spans = listIn(file, 'resourceSpans').flatMap(spansOf)
  if (spans.length === 0 && lines.length === 0) {
    throw new SavedStoryError('The file has neither spans (resourceSpans) nor log lines (lines).')
  }
  if (spans.length > SAVED_LIMITS.spans) throw new SavedStoryError('The file has more than 1,000 spans.')
  if (lines.length > SAVED_LIMITS.lines) throw new SavedStoryError('The file has more than 2,000 log lines.')
  const traceIds = new Set(spans.map(({ trace_id }) => trace_id))
  if (traceIds.size > 1) throw new SavedStoryError(`The file has spans of ${traceIds.size} traces. A story has one.`)
  const [trace_id = null] = traceIds
  const stored = { traceId: trace_id ?? '', spans, finished: true, lastAt: 0 }
  const trace =
    trace_id === null ? null : { ...summaryOf(stored), all_spans: spans.toSorted((a, b) => a.start - b.start) }
  const request_id = trace?.request_id ?? lines.find(({ fields }) => fields.request_id)?.fields.request_id ?? null
  return { found_by: 'trace_id', request_id, trace_id, lines, trace, metrics: null, complete: true }
}

function toOtlp(span: Span): unknown {
  const start = toNanos(span.start)
  return {
    traceId: span.trace_id,
    spanId: span.span_id,
    parentSpanId: span.parent_span_id ?? '',
    flags: IS_REMOTE_KNOWN | (span.parent_is_remote ? IS_REMOTE : 0),
    name: span.name,
    kind: KINDS.indexOf(span.kind) + 1,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + toNanos(span.duration)),
    attributes: toKeyValues(span.attributes),
    events: span.events.map(({ name, time, attributes }) => ({
      timeUnixNano: String(toNanos(time)),
      name,
      attributes: toKeyValues(attributes),
    })),
    links: span.links.map(({ trace_id, span_id, attributes }) => ({
      traceId: trace_id,
      spanId: span_id,
      attributes: toKeyValues(attributes),
    })),
    status: {
      code: STATUSES.indexOf(span.status),
      ...(span.status_message === undefined ? {} : { message: span.status_message }),
    },
  }
}

function toKeyValues(attributes: Attributes): KeyValue[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: toAnyValue(value) }))
}

function toAnyValue(value: AttributeValue | null): unknown {
  if (value === null) return {}
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number')
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value }
  return { arrayValue: { values: value.map(toAnyValue) } }
}

/** Nanoseconds; a double cannot hold those since 1970. */
function toNanos(ms: number): bigint {
  const whole = Math.floor(ms)
  return BigInt(whole) * 1_000_000n + BigInt(Math.round((ms - whole) * 1e6))
}

function toMs(nanos: bigint): number {
  return Number(nanos / 1_000_000n) + Number(nanos % 1_000_000n) / 1e6
}

type Fields = Readonly<Record<string, unknown>>

function parse(text: string): Fields {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new SavedStoryError('The file is not JSON.')
  }
  return fieldsIn(value, 'The file')
}

function fieldsIn(value: unknown, what: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SavedStoryError(`${what} is not a JSON object.`)
  }
  return value as Fields
}

/** A missing list is empty. */
function listIn(fields: Fields, name: string): readonly unknown[] {
  const list = Object.hasOwn(fields, name) ? fields[name] : []
  if (!Array.isArray(list)) throw new SavedStoryError(`${name} is not a list.`)
  return list
}

function textIn(fields: Fields, name: string): string {
  const text = Object.hasOwn(fields, name) ? fields[name] : ''
  if (typeof text !== 'string') throw new SavedStoryError(`${name} is not a text.`)
  return shortened(text)
}

function shortened(text: string): string {
  return text.length > SAVED_LIMITS.characters ? `${text.slice(0, SAVED_LIMITS.characters)}…` : text
}

function idIn(fields: Fields, name: string, digits: number): string {
  const id = textIn(fields, name).toLowerCase()
  if (!new RegExp(`^[0-9a-f]{${digits}}$`).test(id)) throw new SavedStoryError(`${name} is not ${digits} hex digits.`)
  return id
}

function timeIn(fields: Fields, name: string): bigint {
  const time = fields[name]
  if (!/^\d{1,19}$/.test(String(time))) throw new SavedStoryError(`${name} is not a time in nanoseconds.`)
  return BigInt(String(time))
}

function spansOf(value: unknown): Span[] {
  const group = fieldsIn(value, 'resourceSpans')
  const resource = fieldsIn(group.resource ?? {}, 'resource')
  const service = String(attributesIn(resource)['service.name'] ?? 'unknown_service')
  return listIn(group, 'scopeSpans').flatMap((scope) =>
    listIn(fieldsIn(scope, 'scopeSpans'), 'spans').map((span) => toSpan(fieldsIn(span, 'A span'), service)),
  )
}

function toSpan(fields: Fields, service: string): Span {
  const [start, end] = [timeIn(fields, 'startTimeUnixNano'), timeIn(fields, 'endTimeUnixNano')]
  if (end < start) throw new SavedStoryError('A span ends before it starts.')
  const status = fieldsIn(fields.status ?? {}, 'status')
  const message = textIn(status, 'message')
  return {
    trace_id: idIn(fields, 'traceId', 32),
    span_id: idIn(fields, 'spanId', 16),
    parent_span_id: textIn(fields, 'parentSpanId') === '' ? null : idIn(fields, 'parentSpanId', 16),
    parent_is_remote: (Number(fields.flags ?? 0) & IS_REMOTE) !== 0,
    service,
    name: textIn(fields, 'name'),
    kind: KINDS[Number(fields.kind ?? 1) - 1] ?? 'internal',
    start: toMs(start),
    duration: toMs(end - start),
    status: STATUSES[Number(status.code ?? 0)] ?? 'unset',
    ...(message === '' ? {} : { status_message: message }),
    attributes: attributesIn(fields),
    events: bounded(listIn(fields, 'events')).map((value) => {
      const event = fieldsIn(value, 'An event')
      return { name: textIn(event, 'name'), time: toMs(timeIn(event, 'timeUnixNano')), attributes: attributesIn(event) }
    }),
    links: bounded(listIn(fields, 'links')).map((value) => {
      const link = fieldsIn(value, 'A link')
      const [trace_id, span_id] = [idIn(link, 'traceId', 32), idIn(link, 'spanId', 16)]
      return { trace_id, span_id, attributes: attributesIn(link) }
    }),
    cut: false,
  }
}

function bounded<Item>(list: readonly Item[]): readonly Item[] {
  return list.slice(0, SAVED_LIMITS.attributes)
}

function attributesIn(fields: Fields): Attributes {
  const entries = bounded(listIn(fields, 'attributes')).map((value) => {
    const { key, value: found = {} } = fieldsIn(value, 'An attribute')
    return [shortened(String(key)), fromAnyValue(fieldsIn(found, 'The value of an attribute'))] as const
  })
  return Object.fromEntries(entries)
}

/** Values that the page has no type for become text. */
function fromAnyValue(value: Fields): AttributeValue {
  const { stringValue, boolValue, intValue, doubleValue, arrayValue } = value
  if (typeof stringValue === 'string') return shortened(stringValue)
  if (typeof boolValue === 'boolean') return boolValue
  if (intValue !== undefined && /^-?\d{1,16}$/.test(String(intValue))) return Number(intValue)
  if (typeof doubleValue === 'number') return doubleValue
  if (arrayValue !== undefined) {
    const values = bounded(listIn(fieldsIn(arrayValue, 'arrayValue'), 'values'))
    return values.map((item) => {
      const { arrayValue: _, ...plain } = fieldsIn(item, 'A value of a list')
      return fromAnyValue(plain) as string | number | boolean
    })
  }
  return shortened(JSON.stringify(value))
}

function toLine(value: unknown, index: number): LogLine {
  if (typeof value !== 'string') throw new SavedStoryError('A log line is not a text.')
  const raw = shortened(value)
  const { fields, cut } = fieldsOf(raw)
  return { seq: index + 1, raw, fields: plain(fields), cut: cut || raw !== value }
}

const NUMBERS = ['status', 'latency']

/** Fields that the page shows by themselves have the types that it expects; others become text where they do not. */
function plain(fields: LogFields): LogFields {
  const named = ['level', 'time', 'service', 'message', 'request_id', 'trace_id', 'span_id', 'method', 'path', 'route']
  const entries = Object.entries(fields).map(([name, value]) => {
    if (named.includes(name)) return [name, typeof value === 'string' ? value : JSON.stringify(value)]
    if (NUMBERS.includes(name)) return [name, typeof value === 'number' ? value : undefined]
    if (name === 'err') return [name, errorIn(value)]
    return [name, value]
  })
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}

function errorIn(value: unknown): LogFields['err'] {
  if (typeof value !== 'object' || value === null) return { message: String(value) }
  const { type, message, stack } = value as Fields
  return { type: String(type), message: String(message), stack: String(stack ?? '') }
}
