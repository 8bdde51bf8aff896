import t, { type Test } from 'tap'
import { type AppProcess, partnerScript, runApp, startApp } from '../../testkit/app-process.ts'
import { startJaegerReceiver } from '../../testkit/jaeger-receiver.ts'
import { startOtlpReceiver } from '../../testkit/otlp-receiver.ts'
import { waitFor } from '../../testkit/wait-for.ts'

async function startPartner(t: Pick<Test, 'teardown'>, env: Record<string, string>): Promise<AppProcess> {
  return await startApp(t, { script: partnerScript, env: { OTEL_BSP_SCHEDULE_DELAY: '20', ...env } })
}

async function warningsOf(app: AppProcess): Promise<string[]> {
  const lines = (await app.logLines()).filter(({ message }) => message === 'a variable of OpenTelemetry is ignored')
  return lines.map(({ level, reason }) => `${level}: ${reason}`)
}

t.test('one warning with a remedy for each unknown or ineffective variable', async (t) => {
  const collector = await startOtlpReceiver(t)
  const app = await startPartner(t, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
    OTEL_TRACES_SAMPLER: 'sometimes',
    OTEL_TRACES_EXPORTER: 'zipkin',
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_LOGS_EXPORTER: 'otlp',
    OTEL_PROPAGATORS: 'tracecontext,b3',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'udp',
    OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: 'zstd',
    OTEL_SDK_DISABLED: 'yes',
    OTEL_LOG_LEVEL: 'loud',
    OTEL_CONFIG_FILE: 'otel.yaml',
    OTEL_EXPORTER_ZIPKIN_ENDPOINT: 'http://zipkin:9411',
    OTEL_EXPORTER_PROMETHEUS_PORT: '9464',
    OTEL_METRIC_EXPORT_INTERVAL: '1000',
    OTEL_BLRP_SCHEDULE_DELAY: '1',
    OTEL_NODE_RESOURCE_DETECTORS: 'all',
    OTEL_EXPORTER_OTPL_ENDPOINT: 'http://typo:4317',
    OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: '',
  })
  t.strictSame(
    await warningsOf(app),
    [
      'OTEL_BLRP_SCHEDULE_DELAY: Log lines go to standard output and LOG_FILE. Collect them there.',
      'OTEL_CONFIG_FILE: No file is read. Set the variables that it would replace.',
      'OTEL_EXPORTER_OTLP_PROTOCOL: "udp" has no effect. Set it to grpc, http/protobuf or http/json.',
      'OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: "zstd" has no effect. Set it to gzip or none.',
      'OTEL_EXPORTER_OTPL_ENDPOINT: It is unknown. Compare its spelling with the names in otel-variables.ts.',
      'OTEL_EXPORTER_PROMETHEUS_PORT: Metrics are not pushed. Scrape /metrics/otel.',
      'OTEL_EXPORTER_ZIPKIN_ENDPOINT: Spans are not sent to Zipkin. Send OTLP to a collector that forwards them.',
      'OTEL_LOGS_EXPORTER: "otlp" has no effect. Set it to none.',
      'OTEL_LOG_LEVEL: "loud" has no effect. Set it to none, error, warn, info, debug, verbose or all.',
      'OTEL_METRICS_EXPORTER: "otlp" has no effect. Set it to prometheus or none.',
      'OTEL_METRIC_EXPORT_INTERVAL: Metrics are not pushed. Scrape /metrics/otel.',
      "OTEL_NODE_RESOURCE_DETECTORS: What is instrumented is in the phase's index.ts. Describe the source in OTEL_RESOURCE_ATTRIBUTES.",
      'OTEL_PROPAGATORS: "tracecontext,b3" has no effect. Set it to tracecontext, baggage, or both with a comma between, or to none.',
      'OTEL_SDK_DISABLED: "yes" has no effect. Set it to true or false.',
      'OTEL_TRACES_EXPORTER: "zipkin" has no effect. Set it to otlp, console or none.',
      'OTEL_TRACES_SAMPLER: "sometimes" has no effect. Set it to parentbased_always_on, parentbased_always_off, parentbased_traceidratio, always_on, always_off or traceidratio.',
    ].map((reason) => `warn: ${reason}`),
  )
  await fetch(`${app.url}/hop`)
  await collector.waitForSpans('GET /hop') // as if none of it were set
})

t.test('warns about a ratio without a ratio sampler, which samples everything', async (t) => {
  const app = await startPartner(t, { OTEL_TRACES_SAMPLER_ARG: '0.1', OTEL_TRACES_EXPORTER: 'none' })
  t.match(await warningsOf(app), [/OTEL_TRACES_SAMPLER_ARG: "0.1" has no effect/])
  const other = await startPartner(t, {
    OTEL_TRACES_SAMPLER: 'ParentBased_TraceIdRatio',
    OTEL_TRACES_SAMPLER_ARG: '0',
    OTEL_TRACES_EXPORTER: 'none',
  })
  t.strictSame(await warningsOf(other), [])
  await fetch(`${other.url}/hop`)
  const line = await other.waitForLogLine('the request', ({ path }) => path === '/hop')
  t.match(line, { trace_id: String })
})

t.test('warns about variables of another phase, unless both phases are configured', async (t) => {
  const OTEL_EXPORTER_OTLP_ENDPOINT = 'http://localhost:4317'
  const jaeger = await startJaegerReceiver(t)
  const four = await startPartner(t, { PHASE: '4', OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_EXPORTER: 'none' })
  t.match(await warningsOf(four), [/OTEL_EXPORTER_OTLP_ENDPOINT: only phase 5 uses it\. Unset it, or set/])
  const both = await startPartner(t, {
    PHASE: '4',
    OTEL_EXPORTER_OTLP_ENDPOINT,
    OTEL_EXPORTER_JAEGER_ENDPOINT: jaeger.endpoint,
  })
  await fetch(`${both.url}/hop`)
  await jaeger.waitForSpans('GET /hop')
  t.strictSame(await warningsOf(both), [])
})

t.test('OTEL_TRACES_EXPORTER=console writes spans to standard output, none sends them nowhere', async (t) => {
  for (const PHASE of ['4', '5']) {
    const app = await startPartner(t, { PHASE, OTEL_TRACES_EXPORTER: 'console' })
    await fetch(`${app.url}/hop`)
    await waitFor('the span', () => /name: 'GET \/hop'/.test(app.stdout()))
    t.strictSame(await warningsOf(app), [])
  }
  const collector = await startOtlpReceiver(t)
  const silent = await startPartner(t, {
    OTEL_TRACES_EXPORTER: 'none',
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_LOGS_EXPORTER: 'none',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
  })
  await fetch(`${silent.url}/hop`)
  t.match(await silent.waitForLogLine('the request', ({ path }) => path === '/hop'), { trace_id: /^[0-9a-f]{32}$/ })
  t.equal((await fetch(`${silent.url}/metrics/otel`)).status, 404)
  await silent.stop()
  t.equal(collector.requests, 0)
})

t.test('OTEL_LOG_LEVEL shows the SDK’s diagnostics, even below LOG_LEVEL', async (t) => {
  const collector = await startOtlpReceiver(t)
  const app = await startPartner(t, { OTEL_LOG_LEVEL: 'debug', OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint })
  await fetch(`${app.url}/hop`)
  const line = await app.waitForLogLine('the SDK', ({ message }) => message === 'OpenTelemetry says')
  t.match(line, { level: 'debug', scope: 'opentelemetry', reason: String })
})

t.test('span limits', async (t) => {
  const collector = await startOtlpReceiver(t)
  const app = await startPartner(t, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
    OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '2',
    OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT: '1',
  })
  await fetch(`${app.url}/status/500`)
  const [span] = await collector.waitForSpans('GET /status/:code')
  t.equal(Object.keys(span?.attributes ?? {}).length, 2)
  t.ok((span?.dropped.attributes ?? 0) > 0)
})

t.test('an invalid endpoint ends the start with one line', async (t) => {
  for (const [env, message] of [
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost:4317' }, 'OTEL_EXPORTER_OTLP_ENDPOINT: "localhost:4317" is no URL'],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://' }, 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://" is no URL'],
    [
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost:4318',
        OTEL_EXPORTER_OTLP_INSECURE: 'true',
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      },
      'OTEL_EXPORTER_OTLP_ENDPOINT: "localhost:4318" is no URL',
    ],
    [
      { PHASE: '4', OTEL_EXPORTER_JAEGER_ENDPOINT: 'jaeger:14268' },
      'OTEL_EXPORTER_JAEGER_ENDPOINT: "jaeger:14268" is no URL',
    ],
    [
      { OTEL_EXPORTER_OTLP_CERTIFICATE: '/nowhere/ca.pem' },
      'OTEL_EXPORTER_OTLP_CERTIFICATE: /nowhere/ca.pem cannot be read (ENOENT)',
    ],
  ] as const) {
    const { code, stderr } = await runApp(t, { script: partnerScript, env })
    t.equal(code, 1, message)
    t.ok(stderr.startsWith(`${message}. Set `), stderr)
    t.match(stderr, /^[^\n]+\n$/, 'one line')
  }
})
