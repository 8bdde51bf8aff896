import { InMemorySpanExporter, type NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
import t from 'tap'
import { tracerProvider } from '../../phases/4-tracing/tracer-provider.ts'
import type { PhasePlugin } from '../../phases/phase.ts'
import { loadConfig } from '../../src/config.ts'
import { loadPhase } from '../../src/load-phase.ts'
import { addPhase, createServer } from '../../src/platform/server.ts'
import { parseMetrics } from '../../testkit/openmetrics.ts'

for (const number of [4, 5])
  t.test(`phase ${number}: a route declares whether it is traced, whatever its path`, async (t) => {
    const config = { ...loadConfig(['--phase', String(number), '--log-level', 'silent']), LOG_FILE: '' }
    const exporter = new InMemorySpanExporter()
    const phase = await loadPhase(number)
    const plugins = phase.plugins.map((entry): PhasePlugin => {
      const [plugin, options] = typeof entry === 'function' ? [entry, {}] : entry
      return plugin === tracerProvider ? [plugin, { ...options, createExporter: () => exporter }] : entry
    })
    const app = createServer({ config }, phase)
    addPhase(app, { config }, { ...phase, plugins })
    app.get('/livez', () => 'traced, because it does not say otherwise')
    app.get('/heartbeat', { config: { traced: false } }, () => 'counted, and not traced')
    app.get('/page', { config: { observed: false } }, () => 'neither')
    t.teardown(() => app.close())
    const url = await app.listen({ host: '127.0.0.1', port: 0 })

    for (const method of ['GET', 'HEAD'])
      for (const path of ['/livez', '/heartbeat', '/page', '/metrics', ...(number === 5 ? ['/metrics/otel'] : [])])
        await (await fetch(url + path, { method })).text()
    const metrics = parseMetrics(await (await fetch(`${url}/metrics`)).text(), 'prometheus')

    await (app.tracerProvider as NodeTracerProvider).forceFlush()
    t.strictSame(
      exporter.getFinishedSpans().map(({ name }) => name),
      ['GET /livez', 'HEAD /livez'],
    )
    const counted = (route: string) => metrics.total('http_server_request_count_total', { route })
    t.strictSame([counted('/livez'), counted('/heartbeat'), counted('/page'), counted('/metrics')], [2, 2, 0, 2])
  })
