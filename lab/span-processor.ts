import { type Attributes, type HrTime, SpanKind, SpanStatusCode } from '@opentelemetry/api'
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-node'
import { ATTR_SERVICE_NAME } from '@opentelemetry/semantic-conventions'
import type { PendingSpans } from './pending-spans.ts'
import type { Attributes as LabAttributes, Span } from './wire.ts'

/** Buffers ended spans until the Lab takes them. */
export class LabSpanProcessor implements SpanProcessor {
  readonly #pending: PendingSpans<ReadableSpan>

  constructor(pending: PendingSpans<ReadableSpan>) {
    this.#pending = pending
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    let size = sizeOf(span.attributes)
    for (const event of span.events) size += sizeOf(event.attributes)
    this.#pending.add(span, size)
  }

  async forceFlush(): Promise<void> {}
  async shutdown(): Promise<void> {}
}

/** Approximate characters. Arrays are rare and short. */
function sizeOf(attributes: Attributes = {}): number {
  let size = 0
  for (const key in attributes) {
    const value = attributes[key]
    if (typeof value === 'string') size += value.length
    else if (typeof value === 'object') size += String(value).length
  }
  return size
}

/** Converts a span for the Lab. */
export function describeSpan(span: ReadableSpan): Span {
  const { traceId, spanId } = span.spanContext()
  const { status, parentSpanContext: parent } = span
  return {
    trace_id: traceId,
    span_id: spanId,
    parent_span_id: parent?.spanId ?? null,
    parent_is_remote: parent?.isRemote === true,
    service: String(span.resource.attributes[ATTR_SERVICE_NAME]),
    name: span.name,
    kind: (SpanKind[span.kind] as string).toLowerCase() as Span['kind'],
    start: milliseconds(span.startTime),
    duration: milliseconds(span.duration),
    status: (SpanStatusCode[status.code] as string).toLowerCase() as Span['status'],
    ...(status.message ? { status_message: status.message } : {}),
    attributes: span.attributes as LabAttributes,
    events: span.events.map(({ name, time, attributes = {} }) => ({
      name,
      time: milliseconds(time),
      attributes: attributes as LabAttributes,
    })),
    links: span.links.map(({ context, attributes = {} }) => ({
      trace_id: context.traceId,
      span_id: context.spanId,
      attributes: attributes as LabAttributes,
    })),
    cut: false,
  }
}

function milliseconds([seconds, nanoseconds]: HrTime): number {
  return seconds * 1000 + nanoseconds / 1e6
}
