import type { Attributes, AttributeValue, ReceivedSpan } from '../../testkit/received-span.ts'
import type { SpanSource } from './span-source.ts'

/**
 * Reads spans from Jaeger, through the API of its own page.
 *
 * https://www.jaegertracing.io/docs/latest/architecture/apis/#query-json-over-http-internal
 */
export function jaegerQuery(url: string): SpanSource & { isThere(): Promise<boolean> } {
  const base = url.replace(/\/$/, '')
  return {
    name: `Jaeger at ${base}`,
    async ofTrace(traceId) {
      const response = await fetch(`${base}/api/traces/${traceId}`)
      if (response.status === 404) return [] // no span of that trace yet
      if (!response.ok) throw new Error(`${base} answered ${response.status}`)
      const { data } = (await response.json()) as { data: JaegerTrace[] | null }
      return (data ?? []).flatMap(({ spans, processes }) => spans.map((span) => toSpan(span, processes)))
    },
    async isThere() {
      try {
        return (await fetch(`${base}/api/services`, { signal: AbortSignal.timeout(2000) })).ok
      } catch {
        return false // connection refused: there is no Jaeger
      }
    },
  }
}

interface JaegerTrace {
  readonly spans: readonly JaegerSpan[]
  readonly processes: Readonly<Record<string, JaegerProcess>>
}
interface JaegerProcess {
  readonly serviceName: string
  readonly tags?: readonly Tag[]
}
interface JaegerSpan {
  readonly traceID: string
  readonly spanID: string
  readonly flags?: number
  readonly operationName: string
  readonly references?: readonly { refType: string; traceID: string; spanID: string }[]
  /** Microseconds since 1970. */
  readonly startTime: number
  /** Microseconds. */
  readonly duration: number
  readonly tags?: readonly Tag[]
  readonly logs?: readonly { timestamp: number; fields: readonly Tag[] }[]
  readonly processID: string
}
interface Tag {
  readonly key: string
  readonly value: AttributeValue
}

function toSpan(span: JaegerSpan, processes: JaegerTrace['processes']): ReceivedSpan {
  const sender = processes[span.processID]
  const attributes = attributesOf(span.tags)
  const references = span.references ?? []
  const parent = references.find(({ refType, traceID }) => refType === 'CHILD_OF' && traceID === span.traceID)
  return {
    service: sender?.serviceName ?? '',
    resource: attributesOf(sender?.tags),
    scope: { name: text(attributes['otel.scope.name']), version: text(attributes['otel.scope.version']) },
    traceId: span.traceID.padStart(32, '0'),
    spanId: span.spanID.padStart(16, '0'),
    parentSpanId: parent?.spanID.padStart(16, '0'),
    traceState: text(attributes['w3c.tracestate']),
    flags: span.flags ?? 1,
    name: span.operationName,
    kind: (attributes['span.kind'] ?? 'internal') as ReceivedSpan['kind'],
    startMs: span.startTime / 1000,
    durationMs: span.duration / 1000,
    attributes,
    events: (span.logs ?? []).map(({ timestamp, fields }) => {
      const { event, ...rest } = attributesOf(fields)
      return { name: text(event), timeMs: timestamp / 1000, attributes: rest }
    }),
    links: references
      .filter((reference) => reference !== parent)
      .map(({ traceID, spanID }) => ({ traceId: traceID, spanId: spanID, attributes: {} })),
    status: {
      code: text(attributes['otel.status_code'] ?? 'UNSET').toLowerCase() as ReceivedSpan['status']['code'],
      message: text(attributes['otel.status_description']),
    },
    dropped: { attributes: 0, events: 0, links: 0 },
  }
}

function attributesOf(tags: readonly Tag[] = []): Attributes {
  return Object.fromEntries(tags.map(({ key, value }) => [key, value]))
}

function text(value: AttributeValue | undefined): string {
  return typeof value === 'string' ? value : ''
}
