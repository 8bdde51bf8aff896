import { fileURLToPath } from 'node:url'
import {
  type MethodDefinition,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceDefinition,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import type { Test } from 'tap'
import type { Attributes, AttributeValue, ReceivedSpan } from './received-span.ts'
import { Inbox, receiverOf, type SpanReceiver } from './span-receiver.ts'

export interface OtlpReceiver extends SpanReceiver<status> {
  /** The metadata of each request so far. */
  readonly headers: readonly Readonly<Record<string, unknown>>[]
}

/** A server's key and certificate for TLS, in PEM format. */
export interface Tls {
  readonly key: Buffer
  readonly cert: Buffer
  /** Requires client certificates signed by this CA. */
  readonly clientCa?: Buffer
}

const protoFolder = fileURLToPath(new URL('../../testkit/proto/', import.meta.url))
const service = loadSync('opentelemetry/proto/collector/trace/v1/trace_service.proto', {
  includeDirs: [protoFolder],
  longs: String,
  enums: String,
  defaults: true,
  oneofs: true,
})['opentelemetry.proto.collector.trace.v1.TraceService'] as ServiceDefinition

/**
 * Starts a stand-in for a collector's OTLP/gRPC port, for `@opentelemetry/exporter-trace-otlp-grpc`. `endpoint` is for
 * `OTEL_EXPORTER_OTLP_ENDPOINT`. A span that violates the protocol is refused and fails the test at its end.
 *
 * @param options `port` of an earlier receiver, to replace it; by default any free port. `tls` allows TLS only
 */
export async function startOtlpReceiver(
  t: Pick<Test, 'teardown'>,
  options: { readonly port?: number; readonly tls?: Tls } = {},
): Promise<OtlpReceiver> {
  const inbox = new Inbox<status>(status.OK)
  const headers: Record<string, unknown>[] = []
  let stopped = false

  function Export(call: ServerUnaryCall<ExportRequest, object>, callback: sendUnaryData<object>): void {
    inbox.requests++
    headers.push(call.metadata.getMap())
    const spans = decode(call.request)
    if (inbox.answer === 'hang') return
    if (spans === undefined || inbox.answer !== status.OK) {
      callback({ code: inbox.answer || status.INVALID_ARGUMENT, details: 'refused by the test receiver' })
      return
    }
    setTimeout(() => {
      inbox.received.add(spans.slice(inbox.rejected))
      callback(null, inbox.rejected === 0 ? {} : { partialSuccess: { rejectedSpans: inbox.rejected } })
    }, inbox.delayMs)
  }

  function decode(request: ExportRequest): ReceivedSpan[] | undefined {
    try {
      return flatten(request)
    } catch (problem) {
      inbox.problems.push(problem)
      return undefined
    }
  }

  async function stop(): Promise<void> {
    if (!stopped) server.forceShutdown()
    stopped = true
  }

  const server = new Server()
  server.addService(service, { Export })
  const port = await bind(server, options.port ?? 0, options.tls)
  const endpoint = `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`
  const receiver = receiverOf(t, inbox, { payload: 'OTLP requests', endpoint, port, stop })
  return Object.assign(receiver, { headers })
}

/** The spans in the body of an OTLP request over HTTP. @throws when it violates the protocol. */
export function spansIn(body: Buffer, contentType: string | undefined): ReceivedSpan[] {
  const { requestDeserialize, requestSerialize } = service.Export as MethodDefinition<object, object>
  if (contentType === 'application/x-protobuf') return flatten(requestDeserialize(body) as ExportRequest)
  if (contentType !== 'application/json') throw new Error(`${contentType} is no content type of OTLP`)
  // JSON differs from protobuf's own mapping in one thing: ids are hexadecimal.
  const request = JSON.parse(body.toString(), (key, value) =>
    /^(trace|span|parentSpan)Id$/.test(key) ? Buffer.from(value, 'hex') : value,
  )
  return flatten(requestDeserialize(requestSerialize(request)) as ExportRequest)
}

function bind(server: Server, port: number, tls: Tls | undefined): Promise<number> {
  const credentials = tls
    ? ServerCredentials.createSsl(
        tls.clientCa ?? null,
        [{ private_key: tls.key, cert_chain: tls.cert }],
        tls.clientCa !== undefined,
      )
    : ServerCredentials.createInsecure()
  return new Promise((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, credentials, (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    )
  })
}

// The messages as proto-loader decodes them: camelCase, 64-bit numbers as strings, enums by name.
interface ExportRequest {
  resourceSpans: { resource: { attributes: KeyValue[] } | null; scopeSpans: ScopeSpans[] }[]
}
interface ScopeSpans {
  scope: { name: string; version: string } | null
  spans: WireSpan[]
}
interface WireSpan {
  traceId: Buffer
  spanId: Buffer
  traceState: string
  parentSpanId: Buffer
  flags: number
  name: string
  kind: string
  startTimeUnixNano: string
  endTimeUnixNano: string
  attributes: KeyValue[]
  droppedAttributesCount: number
  events: { timeUnixNano: string; name: string; attributes: KeyValue[] }[]
  droppedEventsCount: number
  links: { traceId: Buffer; spanId: Buffer; attributes: KeyValue[] }[]
  droppedLinksCount: number
  status: { message: string; code: string } | null
}
interface KeyValue {
  key: string
  value: AnyValue | null
}
interface AnyValue {
  /** Which of the fields below is set. */
  value?: 'stringValue' | 'boolValue' | 'intValue' | 'doubleValue' | 'arrayValue' | 'kvlistValue' | 'bytesValue'
  stringValue: string
  boolValue: boolean
  intValue: string
  doubleValue: number
  arrayValue: { values: AnyValue[] }
  kvlistValue: { values: KeyValue[] }
  bytesValue: Buffer
}

function flatten(request: ExportRequest): ReceivedSpan[] {
  return request.resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const about = attributesOf(resource?.attributes ?? [])
    return scopeSpans.flatMap(({ scope, spans }) => spans.map((span) => toSpan(span, about, scope)))
  })
}

function toSpan(span: WireSpan, resource: Attributes, scope: ScopeSpans['scope']): ReceivedSpan {
  return {
    service: String(resource['service.name'] ?? ''),
    resource,
    scope: { name: scope?.name ?? '', version: scope?.version ?? '' },
    traceId: id(span.traceId, 16, 'trace_id'),
    spanId: id(span.spanId, 8, 'span_id'),
    parentSpanId: span.parentSpanId.length === 0 ? undefined : id(span.parentSpanId, 8, 'parent_span_id'),
    traceState: span.traceState,
    flags: span.flags,
    name: span.name,
    kind: enumWord(span.kind, 'SPAN_KIND_') as ReceivedSpan['kind'],
    startMs: milliseconds(span.startTimeUnixNano),
    durationMs: milliseconds(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)),
    attributes: attributesOf(span.attributes),
    events: span.events.map((event) => ({
      name: event.name,
      timeMs: milliseconds(event.timeUnixNano),
      attributes: attributesOf(event.attributes),
    })),
    links: span.links.map((link) => ({
      traceId: id(link.traceId, 16, 'link.trace_id'),
      spanId: id(link.spanId, 8, 'link.span_id'),
      attributes: attributesOf(link.attributes),
    })),
    status: {
      code: enumWord(span.status?.code ?? 'STATUS_CODE_UNSET', 'STATUS_CODE_') as ReceivedSpan['status']['code'],
      message: span.status?.message ?? '',
    },
    dropped: {
      attributes: span.droppedAttributesCount,
      events: span.droppedEventsCount,
      links: span.droppedLinksCount,
    },
  }
}

/** The protocol requires exactly this many bytes, not all of them zero. */
function id(bytes: Buffer, length: number, name: string): string {
  if (bytes.length !== length || bytes.every((byte) => byte === 0))
    throw new Error(`${name} is "${bytes.toString('hex')}", not ${length} bytes`)
  return bytes.toString('hex')
}

function attributesOf(pairs: KeyValue[]): Attributes {
  const attributes = Object.fromEntries(pairs.map(({ key, value }) => [key, plain(value)]))
  if (Object.keys(attributes).length < pairs.length)
    throw new Error(`an attribute twice among ${pairs.map(({ key }) => key).join(', ')}`)
  return attributes
}

function plain(value: AnyValue | null): AttributeValue {
  if (value === null || value.value === undefined) return null
  switch (value.value) {
    case 'intValue':
      return Number(value.intValue)
    case 'arrayValue':
      return value.arrayValue.values.map(plain)
    case 'kvlistValue':
      return attributesOf(value.kvlistValue.values)
    default:
      return value[value.value]
  }
}

function enumWord(name: string, prefix: string): string {
  return name.slice(prefix.length).toLowerCase()
}

function milliseconds(nanoseconds: string | bigint): number {
  const exact = BigInt(nanoseconds)
  return Number(exact / 1000n) / 1000
}
