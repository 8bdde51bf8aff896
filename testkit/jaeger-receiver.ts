import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import type { Test } from 'tap'
import type { Attributes, AttributeValue, ReceivedEvent, ReceivedLink, ReceivedSpan } from './received-span.ts'
import { Inbox, receiverOf, type SpanReceiver } from './span-receiver.ts'
import { readThriftStruct, type ThriftStruct } from './thrift-binary.ts'

export type JaegerReceiver = SpanReceiver<number>

/**
 * Starts a stand-in for Jaeger's collector: `/api/traces` takes Thrift binary batches over HTTP, as
 * `@opentelemetry/exporter-jaeger` sends them. `endpoint` is for `OTEL_EXPORTER_JAEGER_ENDPOINT`; answers are HTTP
 * statuses. A request that Jaeger would refuse gets 400 and fails the test at its end.
 *
 * @param options `port` of an earlier receiver, to replace it; by default any free port
 */
export async function startJaegerReceiver(
  t: Pick<Test, 'teardown'>,
  options: { readonly port?: number } = {},
): Promise<JaegerReceiver> {
  const inbox = new Inbox(202)

  const server = createServer((request, response) => {
    inbox.requests++
    answer(request, response).catch((problem: unknown) => {
      if (!request.complete) return // the sender has gone in the middle of it, which is not its malformation
      inbox.problems.push(problem)
      response.writeHead(400).end()
    })
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const status = inbox.answer
    const spans = readBatch(request, await buffer(request))
    if (status === 'hang') return
    await delay(inbox.delayMs)
    if (status < 300) inbox.received.add(spans)
    response.writeHead(status).end()
  }

  async function stop(): Promise<void> {
    if (!server.listening) return
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }

  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return receiverOf(t, inbox, {
    payload: 'Jaeger batches',
    endpoint: `http://127.0.0.1:${port}/api/traces`,
    port,
    stop,
  })
}

const contentTypes = ['application/x-thrift', 'application/vnd.apache.thrift.binary']

function readBatch(request: IncomingMessage, body: Buffer): ReceivedSpan[] {
  const { pathname } = new URL(request.url ?? '', 'http://receiver')
  if (request.method !== 'POST' || pathname !== '/api/traces') throw new Error(`${request.method} ${request.url}`)
  const contentType = request.headers['content-type'] ?? 'none'
  if (!contentTypes.includes(contentType)) throw new Error(`content type ${contentType}`)
  return decodeBatch(body)
}

/**
 * Decodes Jaeger's struct `Batch`. The field numbers are those of
 * https://github.com/jaegertracing/jaeger-idl/blob/main/thrift/jaeger.thrift
 */
export function decodeBatch(body: Buffer): ReceivedSpan[] {
  const batch = readThriftStruct(body)
  const process = field<ThriftStruct>(batch, 1, 'Batch.process')
  const service = text(field(process, 1, 'Process.serviceName'))
  const resource = attributesOf(optional<ThriftStruct[]>(process, 2))
  return field<ThriftStruct[]>(batch, 2, 'Batch.spans').map((span) => toSpan(span, service, resource))
}

function toSpan(span: ThriftStruct, service: string, resource: Attributes): ReceivedSpan {
  const attributes = attributesOf(optional<ThriftStruct[]>(span, 10))
  const parent = hex(field(span, 4, 'Span.parentSpanId'))
  return {
    service,
    resource,
    scope: { name: word(attributes['otel.library.name']), version: word(attributes['otel.library.version']) },
    traceId: hex(field(span, 2, 'Span.traceIdHigh')) + hex(field(span, 1, 'Span.traceIdLow')),
    spanId: hex(field(span, 3, 'Span.spanId')),
    parentSpanId: parent === '0000000000000000' ? undefined : parent,
    traceState: '',
    flags: field(span, 7, 'Span.flags'),
    name: text(field(span, 5, 'Span.operationName')),
    kind: (attributes['span.kind'] ?? 'internal') as ReceivedSpan['kind'],
    startMs: milliseconds(field(span, 8, 'Span.startTime')),
    durationMs: milliseconds(field(span, 9, 'Span.duration')),
    attributes,
    events: (optional<ThriftStruct[]>(span, 11) ?? []).map(toEvent),
    links: (optional<ThriftStruct[]>(span, 6) ?? []).map(toLink),
    status: statusOf(attributes),
    dropped: {
      attributes: count(attributes['otel.dropped_attributes_count']),
      events: count(attributes['otel.dropped_events_count']),
      links: count(attributes['otel.dropped_links_count']),
    },
  }
}

function toEvent(log: ThriftStruct): ReceivedEvent {
  const { event, ...attributes } = attributesOf(field<ThriftStruct[]>(log, 2, 'Log.fields'))
  return { name: word(event), timeMs: milliseconds(field(log, 1, 'Log.timestamp')), attributes }
}

function toLink(reference: ThriftStruct): ReceivedLink {
  return {
    traceId: hex(field(reference, 3, 'SpanRef.traceIdHigh')) + hex(field(reference, 2, 'SpanRef.traceIdLow')),
    spanId: hex(field(reference, 4, 'SpanRef.spanId')),
    attributes: {},
  }
}

/** Jaeger has no status field: the exporter sends it as tags, and Jaeger's UI uses `error`. */
function statusOf(attributes: Attributes): ReceivedSpan['status'] {
  const code = word(attributes['otel.status_code'] ?? 'UNSET').toLowerCase() as ReceivedSpan['status']['code']
  if ((code === 'error') !== (attributes.error === true))
    throw new Error(`status ${code} with error=${attributes.error}`)
  return { code, message: word(attributes['otel.status_description']) }
}

function attributesOf(tags: ThriftStruct[] = []): Attributes {
  return Object.fromEntries(tags.map((tag) => [text(field(tag, 1, 'Tag.key')), tagValue(tag)]))
}

/** `Tag.vType`, an enum, says which of the value fields counts; the exporter fills the others with zeros. */
function tagValue(tag: ThriftStruct): AttributeValue {
  const kind = field<number>(tag, 2, 'Tag.vType')
  switch (kind) {
    case 0:
      return text(field(tag, 3, 'Tag.vStr'))
    case 1:
      return field<number>(tag, 4, 'Tag.vDouble')
    case 2:
      return field<boolean>(tag, 5, 'Tag.vBool')
    case 3:
      return Number(field<bigint>(tag, 6, 'Tag.vLong'))
    case 4:
      return field<Buffer>(tag, 7, 'Tag.vBinary')
    default:
      throw new RangeError(`unknown Tag.vType ${kind}`)
  }
}

function field<T>(struct: ThriftStruct, id: number, name: string): T {
  const value = struct.get(id)
  if (value === undefined) throw new Error(`${name} is missing`)
  return value as T
}

function optional<T>(struct: ThriftStruct, id: number): T | undefined {
  return struct.get(id) as T | undefined
}

function text(bytes: Buffer): string {
  return bytes.toString('utf8')
}

function hex(id: bigint): string {
  return BigInt.asUintN(64, id).toString(16).padStart(16, '0')
}

function milliseconds(microseconds: bigint): number {
  return Number(microseconds) / 1000
}

function word(value: AttributeValue | undefined): string {
  return typeof value === 'string' ? value : ''
}

function count(value: AttributeValue | undefined): number {
  return typeof value === 'number' ? value : 0
}
