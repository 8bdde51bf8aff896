import { InMemorySpanExporter, type NodeTracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace-node'
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { tracerProvider } from '../phases/4-tracing/tracer-provider.ts'
import type { PhasePlugin } from '../phases/phase.ts'
import { buildApp } from '../src/app.ts'
import { type Config, loadConfig } from '../src/config.ts'
import { loadPhase } from '../src/load-phase.ts'
import { parseMetrics } from './openmetrics.ts'

/** The whole service in the test's own process. */
export interface RunningApp {
  readonly app: FastifyInstance
  readonly url: string
  metrics(path?: string): Promise<ReturnType<typeof parseMetrics>>
  /** Names of the spans since the last call, sorted. */
  spans(): Promise<string[]>
  /** Names of the events on those spans. */
  events(): Promise<string[]>
}

/** Builds the app, which listens on a free port, keeps its spans in memory, and closes at the end of the test. */
export async function startInProcess(t: Test, number: number, settings: Partial<Config> = {}): Promise<RunningApp> {
  const config = loadConfig(['--phase', String(number), '--database-url', 'memory:', '--log-level', 'silent'])
  const phase = await loadPhase(number)
  const exporter = new InMemorySpanExporter()
  const plugins = phase.plugins.map((entry): PhasePlugin => {
    const [plugin, options] = typeof entry === 'function' ? [entry, {}] : entry
    return plugin === tracerProvider ? [plugin, { ...options, createExporter: () => exporter }] : entry
  })
  // Load shedding and the sweeper, which all apps of the process observe, would change the counts.
  const quiet = { LOG_FILE: '', LAB: 'off', MAX_EVENT_LOOP_DELAY_MS: 0, SWEEP_INTERVAL_MS: 0 } as const
  const app = buildApp({ ...config, ...settings, ...quiet }, { ...phase, plugins })
  t.teardown(() => app.close())
  async function sent(): Promise<ReadableSpan[]> {
    await (app.tracerProvider as NodeTracerProvider).forceFlush()
    const spans = [...exporter.getFinishedSpans()]
    exporter.reset()
    return spans
  }
  return {
    app,
    url: await app.listen({ host: '127.0.0.1', port: 0 }),
    metrics: async (path = '/metrics') => parseMetrics((await app.inject(path)).body, 'prometheus'),
    spans: async () => (await sent()).map(({ name }) => name).sort(),
    events: async () => (await sent()).flatMap(({ events }) => events.map(({ name }) => name)),
  }
}
