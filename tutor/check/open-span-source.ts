import { startJaegerReceiver } from '../../testkit/jaeger-receiver.ts'
import { startOtlpHttpReceiver } from '../../testkit/otlp-http-receiver.ts'
import { startOtlpReceiver } from '../../testkit/otlp-receiver.ts'
import { jaegerQuery } from './jaeger-query.ts'
import type { SpanSource } from './span-source.ts'
import type { Scope } from './teardowns.ts'

export interface Endpoints {
  /** Receives the spans of phase 4, in Jaeger's own protocol. */
  readonly jaeger: string
  /** Receives the spans of phase 5, by OTLP. Over HTTP it is the whole URL. */
  readonly otlp: string
  readonly otlpProtocol: 'grpc' | 'http'
  /** Jaeger's query API, used when a backend already listens at the endpoint. */
  readonly query: string
}

/** Reads the same variables as the server. */
export function endpointsFromEnvironment(): Endpoints {
  const otlpProtocol = /^http/i.test(ofTraces('PROTOCOL')) ? 'http' : 'grpc'
  return {
    otlpProtocol,
    jaeger: process.env.OTEL_EXPORTER_JAEGER_ENDPOINT || 'http://localhost:14268/api/traces',
    otlp: otlpProtocol === 'grpc' ? ofTraces('ENDPOINT') || 'http://localhost:4317' : otlpOverHttp(),
    query: process.env.JAEGER_QUERY_URL || 'http://localhost:16686',
  }
}

/** The setting for traces overrides the one for all signals. */
function ofTraces(name: string): string {
  return (process.env[`OTEL_EXPORTER_OTLP_TRACES_${name}`] || process.env[`OTEL_EXPORTER_OTLP_${name}`] || '').trim()
}

/** https://opentelemetry.io/docs/specs/otel/protocol/exporter/#endpoint-urls-for-otlphttp */
function otlpOverHttp(): string {
  const { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: whole, OTEL_EXPORTER_OTLP_ENDPOINT: base } = process.env
  return whole?.trim() || `${(base?.trim() || 'http://localhost:4318').replace(/\/$/, '')}/v1/traces`
}

/** The server's spans cannot be observed. The message has the remedy. */
export class NoSpanSource extends Error {
  override readonly name = 'NoSpanSource'
}

/**
 * Listens at the endpoint that a phase exports to, until `scope` ends. If the port is in use, presumably by the stack's
 * Jaeger, it queries Jaeger instead.
 *
 * @throws NoSpanSource when neither is possible.
 */
export async function openSpanSource(phase: 4 | 5, endpoints: Endpoints, scope: Scope): Promise<SpanSource> {
  const endpoint = phase === 4 ? endpoints.jaeger : endpoints.otlp
  const { protocol, hostname, port, pathname } = new URL(endpoint)
  if (protocol !== 'http:' || !LOCAL.has(hostname))
    return await queryJaeger(endpoints, `The server sends its spans to ${endpoint}`)
  const overHttp = endpoints.otlpProtocol === 'http' ? startOtlpHttpReceiver : startOtlpReceiver
  const start = phase === 4 ? startJaegerReceiver : overHttp
  try {
    const { received } = await start(scope, { port: Number(port || 80), path: pathname })
    const ofTrace = async (id: string) => received.all.filter(({ traceId }) => traceId === id)
    return { name: endpoint, ofTrace }
  } catch (error) {
    if (!/EADDRINUSE/.test(String((error as Error).message))) throw error
    return await queryJaeger(endpoints, `Something listens on port ${port} already, where the server sends its spans`)
  }
}

const LOCAL = new Set(['localhost', '127.0.0.1', '[::1]'])

async function queryJaeger({ query }: Endpoints, why: string): Promise<SpanSource> {
  const source = jaegerQuery(query)
  if (await source.isThere()) return source
  throw new NoSpanSource(
    `${why}, and no Jaeger can be asked for them at ${query}. Stop it, or set JAEGER_QUERY_URL to where Jaeger's page is.`,
  )
}
