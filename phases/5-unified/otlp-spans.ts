import type { Attributes, AttributeValue, HrTime, Link, SpanContext } from '@opentelemetry/api'
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace-node'
import { ProtobufWriter } from './protobuf-writer.ts'

const writer = new ProtobufWriter()

/**
 * Encodes spans as OTLP's `ExportTraceServiceRequest`, the message that every collector takes. OpenTelemetry's
 * own `ProtobufTraceSerializer` gives the same, but walks through all spans twice, to learn first how many
 * bytes they need; that was the dearest part of tracing.
 *
 * https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
 */
export function encodeSpans(spans: readonly ReadableSpan[]): Uint8Array {
  writer.clear()
  for (const [resource, ofResource] of groupBy(spans, (span) => span.resource)) {
    const resourceSpans = writer.beginMessage(1)
    const message = writer.beginMessage(1)
    attributes(1, resource.attributes)
    writer.endMessage(message)
    for (const [scope, ofScope] of groupBy(ofResource, (span) => span.instrumentationScope)) {
      const scopeSpans = writer.beginMessage(2)
      const message = writer.beginMessage(1)
      writer.string(1, scope.name)
      if (scope.version) writer.string(2, scope.version)
      writer.endMessage(message)
      for (const span of ofScope) writeSpan(span)
      if (scope.schemaUrl) writer.string(3, scope.schemaUrl)
      writer.endMessage(scopeSpans)
    }
    if (resource.schemaUrl) writer.string(3, resource.schemaUrl)
    writer.endMessage(resourceSpans)
  }
  return writer.copy()
}

function writeSpan(span: ReadableSpan): void {
  const context = span.spanContext()
  const parent = span.parentSpanContext
  const message = writer.beginMessage(2)
  ids(context)
  if (parent?.spanId) writer.hex(4, parent.spanId)
  writer.string(5, span.name)
  writer.uint(6, span.kind + 1) // OTLP has 0 for "not told"
  time(7, span.startTime)
  time(8, span.endTime)
  attributes(9, span.attributes)
  dropped(10, span.droppedAttributesCount)
  for (const event of span.events) writeEvent(event)
  dropped(12, span.droppedEventsCount)
  for (const link of span.links) writeLink(link)
  dropped(14, span.droppedLinksCount)
  const status = writer.beginMessage(15)
  if (span.status.message) writer.string(2, span.status.message)
  writer.uint(3, span.status.code)
  writer.endMessage(status)
  writer.fixed32(16, flags(context, parent))
  writer.endMessage(message)
}

function writeEvent(event: TimedEvent): void {
  const message = writer.beginMessage(11)
  time(1, event.time)
  writer.string(2, event.name)
  attributes(3, event.attributes)
  dropped(4, event.droppedAttributesCount)
  writer.endMessage(message)
}

function writeLink(link: Link): void {
  const message = writer.beginMessage(13)
  ids(link.context)
  attributes(4, link.attributes)
  dropped(5, link.droppedAttributesCount)
  writer.fixed32(6, flags(link.context, link.context))
  writer.endMessage(message)
}

function ids({ traceId, spanId, traceState }: SpanContext): void {
  writer.hex(1, traceId)
  writer.hex(2, spanId)
  const state = traceState?.serialize()
  if (state) writer.string(3, state)
}

/** W3C's trace flags in the lowest byte; bit 8 says that bit 9 is known, and bit 9 that `of` came from outside. */
function flags({ traceFlags }: SpanContext, of: SpanContext | undefined): number {
  return traceFlags | 0x100 | (of?.isRemote ? 0x200 : 0)
}

function attributes(field: number, all: Attributes = {}): void {
  for (const key in all) {
    const message = writer.beginMessage(field)
    writer.string(1, key)
    attributeValue(2, all[key])
    writer.endMessage(message)
  }
}

function attributeValue(field: number, value: AttributeValue | null | undefined): void {
  const message = writer.beginMessage(field)
  if (typeof value === 'string') writer.string(1, value)
  else if (typeof value === 'boolean') writer.uint(2, Number(value))
  else if (typeof value === 'number') number(value)
  else if (Array.isArray(value)) {
    const array = writer.beginMessage(5)
    for (const item of value) attributeValue(1, item)
    writer.endMessage(array)
  }
  writer.endMessage(message)
}

function number(value: number): void {
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 63) writer.int64(3, value)
  else writer.double(4, value)
}

function dropped(field: number, count: number | undefined): void {
  if (count) writer.uint(field, count)
}

/**
 * Nanoseconds since 1970, which are more than a number of JavaScript can hold: 10⁹ is 2⁹ · 5⁹, so all but
 * the nine lowest bits of the seconds' part can be computed exactly.
 */
function time(field: number, [seconds, nanoseconds]: HrTime): void {
  const upper = seconds * 5 ** 9
  const lower = (upper % 2 ** 23) * 2 ** 9 + nanoseconds
  writer.fixed64(field, lower % 2 ** 32, Math.floor(upper / 2 ** 23) + Math.floor(lower / 2 ** 32))
}

function groupBy<Key>(spans: readonly ReadableSpan[], keyOf: (span: ReadableSpan) => Key): Map<Key, ReadableSpan[]> {
  const groups = new Map<Key, ReadableSpan[]>()
  for (const span of spans) {
    const group = groups.get(keyOf(span))
    if (group) group.push(span)
    else groups.set(keyOf(span), [span])
  }
  return groups
}
