import { on } from 'node:events'
import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { type ProxyTracerProvider, trace } from '@opentelemetry/api'
import { InMemorySpanExporter, type NodeTracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace-node'
import type { FastifyInstance } from 'fastify'
import { register } from 'prom-client'
import { destinationsOf } from '../../phases/1-logging/destinations.ts'
import { tracerProvider } from '../../phases/4-tracing/tracer-provider.ts'
import type { PhasePlugin } from '../../phases/phase.ts'
import { loadConfig } from '../../src/config.ts'
import { error } from '../../src/endpoints/error.ts'
import { hello } from '../../src/endpoints/hello.ts'
import { slow } from '../../src/endpoints/slow.ts'
import { loadPhase } from '../../src/load-phase.ts'
import { addPhase, createServer } from '../../src/platform/server.ts'

export interface ServeOptions {
  /** The learner's plugin, if the exercise has one. */
  readonly plugin?: PhasePlugin
  /** The plugin of the phase after which the learner's is registered; default the last one. */
  readonly after?: PhasePlugin
}

/** One line of the log. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly level: string; readonly message: string }

/** A running server of a phase with the learner's plugin. */
export interface ServedPhase {
  readonly app: FastifyInstance
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  /**
   * Sends a request and reads the answer.
   *
   * @throws the learner's error behind an answer with status 500
   */
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>
  /** Sends a request and closes the connection `ms` milliseconds after its arrival. */
  hangUp(path: string, ms: number, headers?: Readonly<Record<string, string>>): Promise<void>
  /** All log lines, after the end of all requests. */
  log(): Promise<LogLine[]>
  /** Scrapes `/metrics` as OpenMetrics, which has exemplars. */
  scrape(): Promise<string>
  /** All exported spans, after the end of all requests. */
  spans(): Promise<ReadableSpan[]>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: string
}

const LOG_FILE = 'app.log'

/**
 * Serves a phase with `GET /hello`, `GET /slow` and `GET /error`: the real plugins, without the booking service, which
 * is slow to start. It logs at debug level and keeps spans in memory.
 */
export async function servePhase(number: number, { plugin, after }: ServeOptions = {}): Promise<ServedPhase> {
  const config = loadConfig(['--phase', String(number), '--port', '0', '--log-file', LOG_FILE, '--log-level', 'debug'])
  const phase = await loadPhase(number)
  const exported = new InMemorySpanExporter()
  const plugins = phase.plugins.map((entry) => withMemoryExporter(entry, exported))
  if (plugin) plugins.splice(after === undefined ? plugins.length : phase.plugins.indexOf(after) + 1, 0, plugin)

  register.clear() // a learner's metrics use the default registry, which still has those of the previous server
  const app = createServer({ config }, phase)
  const running = new Set<Promise<void>>()
  let lastError: Error | undefined
  addPhase(app, { config }, { ...phase, plugins })
  app.addHook('onRequest', (_request, reply, done) => {
    const over = new Promise<void>((resolve) => reply.raw.on('close', resolve))
    running.add(over)
    void over.then(() => running.delete(over))
    done()
  })
  app.addHook('onError', (_request, _reply, error, done) => {
    lastError = error
    done()
  })
  for (const route of [hello, slow, error]) app.register(route)
  const url = await app.listen({ host: '127.0.0.1', port: 0 })

  async function get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const response = await fetch(url + path, { headers })
    const body = await response.text()
    if (response.status === 500) throw lastError ?? new Error(body)
    return { status: response.status, headers: response.headers, body }
  }

  return {
    app,
    url,
    get,
    async hangUp(path, ms, headers = {}) {
      const hangUp = new AbortController()
      const mark = crypto.randomUUID()
      const arrived = arrivalOf(app, mark)
      const broken = fetch(url + path, { headers: { ...headers, [MARK]: mark }, signal: hangUp.signal }).then(
        () => false,
        () => true,
      )
      await arrived
      await delay(ms)
      hangUp.abort()
      if (!(await broken)) throw new Error(`${path} was answered before the caller could hang up`)
    },
    async log() {
      await Promise.all(running)
      await destinationsOf(app.log).drained()
      const lines = (await readFile(LOG_FILE, 'utf8')).split('\n').slice(0, -1)
      return lines.map((line) => JSON.parse(line) as LogLine)
    },
    async scrape() {
      await Promise.all(running)
      return (await get('/metrics', { accept: 'application/openmetrics-text' })).body
    },
    async spans() {
      await Promise.all(running)
      const provider = (trace.getTracerProvider() as ProxyTracerProvider).getDelegate() as NodeTracerProvider
      await provider.forceFlush()
      return exported.getFinishedSpans()
    },
  }
}

/** A header that identifies a request among concurrent ones. */
const MARK = 'x-mark'

async function arrivalOf(app: FastifyInstance, mark: string): Promise<void> {
  for await (const [request] of on(app.server, 'request')) if (request.headers[MARK] === mark) return
}

/** Replaces the exporter of the tracing plugin by one in memory. */
function withMemoryExporter(entry: PhasePlugin, exported: InMemorySpanExporter): PhasePlugin {
  const [plugin, options] = typeof entry === 'function' ? [entry, {}] : entry
  return plugin === tracerProvider ? [plugin, { ...options, createExporter: () => exported }] : entry
}
