import { status } from '@grpc/grpc-js'
import t from 'tap'
import { INSTRUMENTATION_VERSION } from '../../phases/4-tracing/instrumentation.ts'
import { partnerScript, startApp } from '../../testkit/app-process.ts'
import { isRegisteredLabel } from '../../testkit/attribute-registry.ts'
import { startOtlpReceiver } from '../../testkit/otlp-receiver.ts'
import { OPENMETRICS, scrape } from '../../testkit/scrape.ts'
import { rootOf, shapeOf, spanNamed } from '../../testkit/span-tree.ts'
import { waitFor } from '../../testkit/wait-for.ts'

function newTraceId(): string {
  return crypto.randomUUID().replaceAll('-', '')
}

t.test('phase 5', async (t) => {
  const collector = await startOtlpReceiver(t)
  const app = await startApp(t, {
    env: {
      PHASE: '5',
      LOG_LEVEL: 'debug',
      EXTERNAL_TIMEOUT_MS: '10000',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
      OTEL_BSP_SCHEDULE_DELAY: '50',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    },
  })
  const call = async (path: string, headers: Record<string, string> = {}) => {
    const traceId = newTraceId()
    const response = await fetch(app.url + path, {
      headers: { ...headers, traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
    })
    return { traceId, response }
  }

  t.test('log lines, spans and an exemplar of one request have the same ids', async (t) => {
    const { traceId } = await call('/slow?ms=150', { 'x-request-id': 'all-three' })
    const trace = await collector.waitForTrace(traceId, { spans: 3 })
    const root = rootOf(trace)
    t.strictSame(shapeOf(root, trace), ['GET /slow', 'database_query', 'external_api_call'])
    t.equal(root.attributes['course_app.request_id'], 'all-three')
    t.match(root.resource, { 'service.name': 'course-app', 'deployment.environment.name': 'test' })

    await app.waitForLogLine('completed', (l) => l.request_id === 'all-three' && l.message === 'request completed')
    const lines = (await app.logLines()).filter(({ request_id }) => request_id === 'all-three')
    t.equal(lines.length, 4)
    const spanIds = new Set(trace.map(({ spanId }) => spanId))
    for (const line of lines) {
      t.equal(line.trace_id, traceId, line.message)
      t.ok(spanIds.has(line.span_id as string), line.message)
    }
    t.equal(lines.at(-1)?.span_id, root.spanId)
    t.equal(lines.find(({ step }) => step === 'database_query')?.span_id, spanNamed('database_query', trace).spanId)

    const metrics = await scrape(`${app.url}/metrics`, OPENMETRICS)
    const exemplars = metrics
      .samples('http_server_request_duration_seconds_bucket', { route: '/slow' })
      .flatMap(({ exemplar }) => exemplar ?? [])
    t.match(exemplars, [{ labels: { trace_id: traceId, span_id: root.spanId } }])
    t.ok((exemplars[0]?.value ?? 0) >= 0.15)
  })

  t.test('the partner’s log has the trace id too', async (t) => {
    const { traceId, response } = await call('/propagation')
    t.equal(response.status, 200)
    const trace = await collector.waitForTrace(traceId, { spans: 5 })
    t.strictSame([...new Set(trace.map(({ service }) => service))].toSorted(), ['course-app', 'partner'])
    await waitFor('the partner’s line', () =>
      app
        .stdout()
        .split('\n')
        .some((line) => line.includes('"service":"partner"') && line.includes(traceId)),
    )
  })

  t.test('tracestate is propagated to the partner unchanged', async (t) => {
    const { traceId } = await call('/propagation', { tracestate: 'vendor=a1,other=b2' })
    const trace = await collector.waitForTrace(traceId, { spans: 5 })
    t.strictSame(new Set(trace.map(({ traceState }) => traceState)), new Set(['vendor=a1,other=b2']))
    t.ok(trace.some(({ service }) => service === 'partner'))
  })

  t.test('baggage is propagated with the trace', async (t) => {
    const { response } = await call('/propagation', { baggage: 'tenant=acme,plan=pro' })
    const { hops } = (await response.json()) as { hops: { baggage: string }[] }
    t.strictSame(
      hops.map(({ baggage }) => baggage),
      ['tenant=acme,plan=pro', 'tenant=acme,plan=pro'],
    )
  })

  t.test('OpenTelemetry’s own metrics at /metrics/otel', async (t) => {
    await fetch(`${app.url}/v1/courses`)
    const seen = await scrape(`${app.url}/metrics/otel`)
    t.match(seen.samples('target_info')[0]?.labels, { service_name: 'course-app' })
    const labels = { http_request_method: 'GET', http_route: '/v1/courses', http_response_status_code: '200' }
    t.equal(seen.value('http_server_request_duration_count', labels), 1)
    t.ok(seen.total('db_client_operation_duration_count', { db_collection_name: 'courses' }) > 0)
    t.equal(seen.value('http_server_active_requests'), 1, 'the scrape itself')
  })

  t.test('/metrics/otel has the attributes that the conventions require, and no others', async (t) => {
    await fetch(`${app.url}/no/such/path`, { method: 'PROPFIND' })
    await fetch(`${app.url}/error?status=503`)
    const seen = await scrape(`${app.url}/metrics/otel`)
    const requests = 'http_server_request_duration_count'
    const [odd] = seen.samples(requests, { http_request_method: '_OTHER' })
    t.match(odd?.labels, { http_response_status_code: '404', url_scheme: 'http' })
    t.notOk('http_route' in (odd?.labels ?? {}), 'no route')
    t.equal(seen.value(requests, { http_route: '/error', http_response_status_code: '503', error_type: '503' }), 1)
    t.match(seen.samples('http_server_active_requests')[0]?.labels, { http_request_method: 'GET', url_scheme: 'http' })
    const ofFormat = /^(le|otel_scope_(name|version|schema_url))$/
    const names = new Set(
      [...seen.families.values()]
        .filter(({ name }) => name !== 'target_info')
        .flatMap(({ samples }) => samples.flatMap(({ labels }) => Object.keys(labels)))
        .filter((name) => !ofFormat.test(name) && !name.startsWith('course_app_')),
    )
    for (const name of names) t.ok(isRegisteredLabel(name), name)
    t.equal(seen.samples(requests)[0]?.labels.otel_scope_version, INSTRUMENTATION_VERSION)
  })

  t.test('a 5xx is in the log, on the span and in the counter', async (t) => {
    const { traceId } = await call('/error?status=500')
    const root = rootOf(await collector.waitForTrace(traceId, { spans: 1 }))
    t.equal(root.status.code, 'error')
    const line = await app.waitForLogLine('its stack', (l) => l.trace_id === traceId && l.err !== undefined)
    t.equal(line.span_id, root.spanId)
  })
})

t.test('the sampler comes from OTEL_TRACES_SAMPLER', async (t) => {
  const collector = await startOtlpReceiver(t)
  const app = await startApp(t, {
    script: partnerScript,
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
      OTEL_BSP_SCHEDULE_DELAY: '50',
      OTEL_TRACES_SAMPLER: 'parentbased_always_off',
    },
  })
  for (let i = 0; i < 20; i++) await fetch(`${app.url}/hop`)
  const sampled = newTraceId()
  await fetch(`${app.url}/hop`, { headers: { traceparent: `00-${sampled}-00f067aa0ba902b7-01` } })
  await collector.waitForTrace(sampled, { spans: 1 })
  t.equal(collector.received.all.length, 1, 'of the requests without a caller none')

  const metrics = await fetch(`${app.url}/metrics`, { headers: { accept: 'application/openmetrics-text' } })
  const exemplars = (await metrics.text()).matchAll(/trace_id="(\w+)"/g)
  t.strictSame(new Set([...exemplars].map(([, id]) => id)), new Set([sampled]), 'what is not sampled is no exemplar')
})

t.test('one warning per outage of the collector, and spans again afterwards', async (t) => {
  const first = await startOtlpReceiver(t)
  first.respondWith(status.INTERNAL)
  const app = await startApp(t, {
    script: partnerScript,
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: first.endpoint, OTEL_BSP_SCHEDULE_DELAY: '20' },
  })
  const warnings = async () => (await app.logLines()).filter(({ level }) => level === 'warn').length
  for (let i = 0; i < 10; i++) await fetch(`${app.url}/hop`)
  await waitFor('the warning', async () => (await warnings()) > 0)
  await waitFor('more attempts', () => first.requests > 1 || fetch(`${app.url}/hop`).then(() => false))
  t.equal(await warnings(), 1)

  first.respondWith(status.OK)
  await waitFor('spans', async () => {
    await fetch(`${app.url}/hop`)
    return first.received.all.length > 0
  })
  await app.waitForLogLine('it is back', ({ message }) => message === 'traces can be sent again')
  t.equal(await warnings(), 1)
})

for (const trouble of ['nobody listens', 'it hangs'] as const) {
  t.test(`the collector is down (${trouble}): requests are served and the process ends quickly`, async (t) => {
    const collector = await startOtlpReceiver(t)
    if (trouble === 'nobody listens') await collector.stop()
    else collector.hang()
    const app = await startApp(t, {
      script: partnerScript,
      env: { LOG_LEVEL: 'debug', OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, OTEL_BSP_SCHEDULE_DELAY: '20' },
    })
    for (let i = 0; i < 20; i++) t.equal((await fetch(`${app.url}/hop`)).status, 200)
    const inFlight = fetch(`${app.url}/delay/1`)
    await app.waitForLogLine('the request has begun', ({ path }) => path === '/delay/1')
    const asked = performance.now()
    const stopped = app.stop()
    t.equal((await inFlight).status, 200, 'the request in flight is finished')
    const answered = performance.now() - asked
    const { code, ms } = await stopped
    t.equal(code, 0)
    t.ok(ms - answered < 2000, `it took ${ms - answered} ms more to end`)
    t.ok((await app.logLines()).filter(({ level }) => level === 'warn').length <= 1)
  })
}
