import t, { type Test } from 'tap'
import { asLabels } from '../../phases/3-metrics/target-info.ts'
import { type AppProcess, partnerScript, startApp } from '../../testkit/app-process.ts'
import { startJaegerReceiver } from '../../testkit/jaeger-receiver.ts'
import { startOtlpReceiver } from '../../testkit/otlp-receiver.ts'
import { OPENMETRICS, scrape } from '../../testkit/scrape.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

async function startPartner(t: Pick<Test, 'teardown'>, env: Record<string, string>): Promise<AppProcess> {
  return await startApp(t, { script: partnerScript, env: { OTEL_BSP_SCHEDULE_DELAY: '20', ...env } })
}

/** The resource in each signal of a process in phase 5, after one request. */
async function sourcesOf(app: AppProcess, collector: Awaited<ReturnType<typeof startOtlpReceiver>>) {
  const traceId = crypto.randomUUID().replaceAll('-', '')
  await fetch(`${app.url}/hop`, { headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` } })
  const [span] = await collector.waitForTrace(traceId, { spans: 1 })
  const line = await app.waitForLogLine('the request', (line) => line.trace_id === traceId)
  const labels = async (path: string, accept?: string) =>
    (await scrape(app.url + path, accept)).samples('target_info').map(({ labels }) => labels)
  return {
    span: span?.resource ?? {},
    line,
    metrics: await labels('/metrics'),
    openMetrics: await labels('/metrics', OPENMETRICS),
    otelMetrics: await labels('/metrics/otel'),
  }
}

t.test('all three signals identify each process of a service by the same id', async (t) => {
  const collector = await startOtlpReceiver(t)
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
    OTEL_RESOURCE_ATTRIBUTES: 'service.name=shop-api,service.namespace=shops,team=a%2Cb%20%3D%20c',
  }
  const apps = await Promise.all([startPartner(t, env), startPartner(t, env)])
  const ids = new Set<unknown>()
  for (const app of apps) {
    const { span, line, metrics, openMetrics, otelMetrics } = await sourcesOf(app, collector)
    t.match(span, {
      'service.name': 'shop-api',
      'service.namespace': 'shops',
      'service.version': /^\d+\.\d+\.\d+$/,
      'service.instance.id': UUID,
      'deployment.environment.name': 'development',
      'telemetry.sdk.name': 'opentelemetry',
      'telemetry.sdk.language': 'nodejs',
      'telemetry.sdk.version': /^\d+\.\d+\.\d+$/,
      team: 'a,b = c',
    })
    t.match(line, { service: 'shop-api', service_instance_id: span['service.instance.id'] })
    const ofAll = Object.entries(span).map(([name, value]) => [name.replaceAll('.', '_'), value] as const)
    t.strictSame(otelMetrics, [Object.fromEntries(ofAll)])
    // From prom-client, not from the SDK.
    t.strictSame(metrics, [Object.fromEntries(ofAll.filter(([name]) => !name.startsWith('telemetry_sdk_')))])
    t.strictSame(openMetrics, metrics)
    ids.add(span['service.instance.id'])
  }
  t.equal(ids.size, 2)
})

t.test('explicit name, version, instance and environment override the defaults', async (t) => {
  const collector = await startOtlpReceiver(t)
  const given = {
    'service.name': 'shop',
    'service.version': '7.1.0',
    'service.instance.id': 'pod-3',
    'deployment.environment.name': 'staging',
  }
  const app = await startPartner(t, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
    OTEL_SERVICE_NAME: given['service.name'],
    NODE_ENV: 'production',
    OTEL_RESOURCE_ATTRIBUTES: Object.entries({ ...given, 'service.name': 'not-this-one' })
      .map((pair) => pair.join('='))
      .join(),
  })
  const { span, line, metrics } = await sourcesOf(app, collector)
  t.match(span, given)
  t.match(line, { service: 'shop', service_instance_id: 'pod-3' })
  t.match(metrics, [{ service_name: 'shop', service_instance_id: 'pod-3', deployment_environment_name: 'staging' }])
  const hop = (await (await fetch(`${app.url}/hop`)).json()) as { service: string }
  t.equal(hop.service, 'shop')
})

t.test('Jaeger in phase 4 and the log in phase 1 have the same resource', async (t) => {
  const jaeger = await startJaegerReceiver(t)
  const env = { OTEL_RESOURCE_ATTRIBUTES: 'service.name=shop-api', NODE_ENV: 'test' }
  const traced = await startPartner(t, { PHASE: '4', OTEL_EXPORTER_JAEGER_ENDPOINT: jaeger.endpoint, ...env })
  await fetch(`${traced.url}/hop`)
  const [span] = await jaeger.waitForSpans('GET /hop')
  const line = await traced.waitForLogLine('the request', ({ path }) => path === '/hop')
  t.equal(span?.service, 'shop-api')
  t.match(span?.attributes, {
    'service.name': 'shop-api',
    'service.instance.id': line.service_instance_id,
    'deployment.environment.name': 'test',
  })

  const logging = await startPartner(t, { PHASE: '1', ...env })
  const started = await logging.waitForLogLine('the start', ({ message }) => /listening/.test(message))
  t.match(started, { service: 'shop-api', service_instance_id: UUID })
})

t.test('the partner process is a separate service and instance', async (t) => {
  const collector = await startOtlpReceiver(t)
  const app = await startApp(t, {
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
      OTEL_BSP_SCHEDULE_DELAY: '20',
      OTEL_RESOURCE_ATTRIBUTES: 'service.name=shop-api,team=a',
    },
  })
  const { hops } = (await (await fetch(`${app.url}/propagation`)).json()) as { hops: { service: string }[] }
  t.strictSame(
    hops.map(({ service }) => service),
    ['partner', 'shop-api'],
  )
  const spans = await collector.waitForSpans(5)
  const sources = new Map(spans.map(({ resource }) => [resource['service.name'], resource]))
  t.strictSame([...sources.keys()].toSorted(), ['partner', 'shop-api'])
  t.strictSame(new Set([...sources.values()].map((resource) => resource.team)), new Set(['a']))
  t.equal(new Set([...sources.values()].map((resource) => resource['service.instance.id'])).size, 2)
  const state = (await (await fetch(`${app.url}/lab/api/state`)).json()) as { sources: { service: string }[] }
  t.strictSame(
    state.sources.map(({ service }) => service),
    ['shop-api', 'partner'],
  )
})

t.test('attribute names become label names', async (t) => {
  t.strictSame(asLabels({ 'a.b': 'dot', 'a-b': 'dash', 'c..d': 'x', '3d': 'y', __e: 'z' }), {
    a_b: 'dash;dot',
    c_d: 'x',
    _3d: 'y',
    _e: 'z',
  })
})
