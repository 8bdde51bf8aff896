import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type handleUnaryCall, Server, ServerCredentials, type ServiceDefinition } from '@grpc/grpc-js'
import { countRootSpans as countInJaegerBatch } from './count-jaeger.ts'
import { countRootSpans as countInOtlpRequest } from './count-otlp.ts'
import { handleRequests } from './helper-process.ts'

/** Opens an endpoint for one subject, or reads the counts of all. */
export type SinkRequest = { readonly open: string; readonly protocol: SinkProtocol } | 'received'

export type SinkProtocol = 'jaeger' | 'otlp'

/** Counts of what one subject has sent. */
export interface Received {
  /** Spans without a parent: one per request. */
  roots: number
  batches: number
  bytes: number
  /** OTLP exports of metrics and of logs. */
  others: number
}

/** The URL of the new endpoint, or the counts by subject. */
export type SinkResponse = string | Readonly<Record<string, Received>>

const received: Record<string, Received> = {}
/** The first error while counting; the next request for counts throws it. */
let failure: unknown
const open = { jaeger: openJaeger, otlp: openOtlp }

handleRequests<SinkRequest, SinkResponse>(async (request) => {
  if (request === 'received') {
    if (failure !== undefined) throw failure
    return received
  }
  const counter = { roots: 0, batches: 0, bytes: 0, others: 0 }
  received[request.open] = counter
  return await open[request.protocol](counter)
})

function count(roots: (message: Buffer) => number, message: Buffer): number {
  try {
    return roots(message)
  } catch (error) {
    failure ??= error
    return 0
  }
}

async function openJaeger(counter: Received): Promise<string> {
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const batch = Buffer.concat(chunks)
      counter.roots += count(countInJaegerBatch, batch)
      counter.batches++
      counter.bytes += batch.length
      response.writeHead(202).end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/traces`
}

async function openOtlp(counter: Received): Promise<string> {
  const server = new Server({ 'grpc.max_receive_message_length': -1 })
  server.addService(exportService('trace.v1.TraceService'), {
    export: acceptEach((message) => {
      counter.roots += count(countInOtlpRequest, message)
      counter.batches++
      counter.bytes += message.length
    }),
  })
  const other = acceptEach(() => {
    counter.others++
  })
  server.addService(exportService('metrics.v1.MetricsService'), { export: other })
  server.addService(exportService('logs.v1.LogsService'), { export: other })
  const bind = server.bindAsync.bind(server)
  const port = await new Promise<number>((resolve, reject) => {
    bind('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => (error ? reject(error) : resolve(port)))
  })
  return `http://127.0.0.1:${port}`
}

/** An OTLP service that leaves messages as bytes. An empty response means "all accepted". */
function exportService(name: string): ServiceDefinition {
  const bytes = (buffer: Buffer) => buffer
  return {
    export: {
      path: `/opentelemetry.proto.collector.${name}/Export`,
      requestStream: false,
      responseStream: false,
      requestSerialize: bytes,
      requestDeserialize: bytes,
      responseSerialize: bytes,
      responseDeserialize: bytes,
    },
  }
}

function acceptEach(onMessage: (message: Buffer) => void): handleUnaryCall<Buffer, Buffer> {
  const accepted = Buffer.alloc(0)
  return (call, done) => {
    onMessage(call.request)
    done(null, accepted)
  }
}
