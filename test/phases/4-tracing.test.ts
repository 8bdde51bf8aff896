import t from 'tap'
import { type AppProcess, partnerScript, startApp } from '../../testkit/app-process.ts'
import { type JaegerReceiver, startJaegerReceiver } from '../../testkit/jaeger-receiver.ts'
import type { ReceivedSpan } from '../../testkit/received-span.ts'
import { rootOf, shapeOf, spanNamed } from '../../testkit/span-tree.ts'

const CALLER = '00f067aa0ba902b7'

/** A new trace id, to identify the spans of one request. */
function newTraceId(): string {
  return crypto.randomUUID().replaceAll('-', '')
}

async function traceOf(
  app: AppProcess,
  jaeger: JaegerReceiver,
  path: string,
  { spans, init }: { spans: number; init?: RequestInit },
): Promise<{ response: Response; trace: readonly ReceivedSpan[] }> {
  const traceId = newTraceId()
  const headers = { ...init?.headers, traceparent: `00-${traceId}-${CALLER}-01` }
  const response = await fetch(app.url + path, { ...init, headers })
  return { response, trace: await jaeger.waitForTrace(traceId, { spans }) }
}

t.test('phase 4', async (t) => {
  const jaeger = await startJaegerReceiver(t)
  const app = await startApp(t, {
    env: {
      PHASE: '4',
      EXTERNAL_TIMEOUT_MS: '10000',
      OTEL_EXPORTER_JAEGER_ENDPOINT: jaeger.endpoint,
      OTEL_BSP_SCHEDULE_DELAY: '50',
    },
  })

  t.test('a request continues the trace of its caller', async (t) => {
    const { trace } = await traceOf(app, jaeger, '/hello?name=x', { spans: 1 })
    const span = rootOf(trace)
    t.equal(span.name, 'GET /hello')
    t.equal(span.kind, 'server')
    t.equal(span.service, 'course-app')
    t.equal(span.parentSpanId, CALLER)
    t.match(span.attributes, {
      'http.request.method': 'GET',
      'http.route': '/hello',
      'url.path': '/hello',
      'url.scheme': 'http',
      'http.response.status_code': 200,
      'course_app.request_id': String,
    })
    t.equal(span.status.code, 'unset')
  })

  t.test('steps are consecutive children', async (t) => {
    const { trace } = await traceOf(app, jaeger, '/slow?ms=50', { spans: 3 })
    t.strictSame(shapeOf(rootOf(trace), trace), ['GET /slow', 'database_query', 'external_api_call'])
    const query = spanNamed('database_query', trace)
    const call = spanNamed('external_api_call', trace)
    // Start times are truncated to whole milliseconds; durations come from a finer clock.
    t.ok(query.startMs + query.durationMs <= call.startMs + 2)
    t.ok(query.durationMs >= 19 && call.durationMs >= 29)
  })

  t.test('an error marks the span and is recorded; a 4xx is not an error of the server', async (t) => {
    const failed = rootOf((await traceOf(app, jaeger, '/error?status=503', { spans: 1 })).trace)
    t.equal(failed.status.code, 'error')
    t.equal(failed.attributes['error.type'], '503')
    t.match(failed.events[0], {
      name: 'exception',
      attributes: {
        'exception.type': String,
        'exception.message': /on purpose/,
        'exception.stacktrace': /error\.[jt]s/,
      },
    })
    t.equal(rootOf((await traceOf(app, jaeger, '/error?status=404', { spans: 1 })).trace).status.code, 'unset')
    const unknown = rootOf((await traceOf(app, jaeger, '/no/such/path', { spans: 1 })).trace)
    t.equal(unknown.name, 'GET')
    t.equal(unknown.attributes['http.route'], undefined)
  })

  t.test('SQL and cache commands have their own spans', async (t) => {
    const { courses } = (await (await fetch(`${app.url}/v1/courses`)).json()) as { courses: { course_id: string }[] }
    const path = `/v1/courses/${courses.at(-1)?.course_id}`
    const { trace } = await traceOf(app, jaeger, path, { spans: 4 })
    t.equal(rootOf(trace).name, 'GET /v1/courses/:course_id')
    const query = trace.find((span) => span.attributes['db.query.text'] !== undefined)
    t.equal(query?.kind, 'client')
    t.match(query?.attributes, {
      'db.system.name': 'postgresql',
      'db.operation.name': 'SELECT',
      'db.collection.name': 'courses',
      'db.query.text': /\$1/,
    })
    t.equal(query?.name, 'SELECT courses')
    t.equal(spanNamed('GET course', trace).attributes['course_app.cache.outcome'], 'miss')

    const again = await traceOf(app, jaeger, path, { spans: 2 })
    t.strictSame(shapeOf(rootOf(again.trace), again.trace), ['GET /v1/courses/:course_id', 'GET course'])
    t.equal(spanNamed('GET course', again.trace).attributes['course_app.cache.outcome'], 'hit')
  })

  t.test('a booking’s events are on the span of its request, also after a request body', async (t) => {
    const { courses } = (await (await fetch(`${app.url}/v1/courses`)).json()) as { courses: { course_id: string }[] }
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        course_id: courses[0]?.course_id,
        user_id: 'u1',
        customer: { name: 'A', email: 'a@b.example' },
      }),
    }
    const { response, trace } = await traceOf(app, jaeger, '/v1/bookings', { spans: 2, init })
    t.equal(response.status, 201, await response.text())
    const root = rootOf(trace)
    t.equal(root.name, 'POST /v1/bookings')
    t.ok(trace.some((span) => span.name === 'INSERT bookings' && span.parentSpanId !== undefined))
    t.ok(trace.some(({ events }) => events.some(({ name }) => name === 'course_app.booking.created')))
    t.notMatch(JSON.stringify(trace), 'a@b.example', 'no value of a statement is in a span')
  })

  t.test('a trace crosses into the partner service, and over gRPC', async (t) => {
    const { response, trace } = await traceOf(app, jaeger, '/propagation', { spans: 5 })
    const body = (await response.json()) as { trace_id: string; hops: { service: string; traceparent: string }[] }
    t.strictSame(shapeOf(rootOf(trace), trace), [
      'GET /propagation',
      ['GET', 'GET /hop'],
      ['course.v1.HopService/GetHop', 'course.v1.HopService/GetHop'],
    ])
    t.strictSame([...new Set(trace.map(({ service }) => service))].toSorted(), ['course-app', 'partner'])
    t.equal(body.trace_id, trace[0]?.traceId)
    const clients = trace.filter(({ kind }) => kind === 'client')
    const ids = clients.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`)
    t.strictSame(body.hops.map(({ traceparent }) => traceparent).toSorted(), ids.toSorted())
  })

  t.test('a failing call marks the spans on both sides', async (t) => {
    const { response, trace } = await traceOf(app, jaeger, '/external?mode=fail', { spans: 5 })
    t.equal(response.status, 502)
    const failed = trace
      .filter(({ status }) => status.code === 'error')
      .map(({ service, kind }) => `${service} ${kind}`)
    t.strictSame(failed.toSorted(), ['course-app client', 'course-app server', 'partner server'])
  })

  t.test('concurrent requests keep their spans apart', async (t) => {
    const traces = await Promise.all(
      Array.from({ length: 20 }, () => traceOf(app, jaeger, '/slow?ms=20', { spans: 3 })),
    )
    for (const { trace } of traces) {
      t.strictSame(shapeOf(rootOf(trace), trace), ['GET /slow', 'database_query', 'external_api_call'])
    }
  })

  t.test('honours an unsampled caller', async (t) => {
    const traceId = newTraceId()
    await fetch(`${app.url}/hello`, { headers: { traceparent: `00-${traceId}-${CALLER}-00` } })
    await traceOf(app, jaeger, '/hello', { spans: 1 }) // earlier spans have arrived when this one has
    t.notOk(jaeger.received.all.some((span) => span.traceId === traceId))
  })

  t.test('a malformed traceparent starts a new trace', async (t) => {
    const good = newTraceId()
    for (const traceparent of [
      'rubbish',
      `00-${good}-${CALLER}`,
      `ff-${good}-${CALLER}-01`,
      `00-${'0'.repeat(32)}-${CALLER}-01`,
      `00-${good}-${'0'.repeat(16)}-01`,
      `00-${good.toUpperCase()}X-${CALLER}-01`,
      '',
    ]) {
      const response = await fetch(`${app.url}/propagation`, { headers: { traceparent } })
      const { trace_id } = (await response.json()) as { trace_id: string }
      t.equal(response.status, 200, traceparent)
      t.match(trace_id, /^[0-9a-f]{32}$/)
      t.not(trace_id, good)
    }
  })

  t.test('scrapes and health checks are not traced', async (t) => {
    const traceId = newTraceId()
    for (const path of ['/metrics', '/livez', '/readyz']) {
      await fetch(app.url + path, { headers: { traceparent: `00-${traceId}-${CALLER}-01` } })
    }
    await traceOf(app, jaeger, '/hello', { spans: 1 })
    t.notOk(jaeger.received.all.some((span) => span.traceId === traceId))
  })

  t.test('the last spans are sent when the process ends', async (t) => {
    const other = await startApp(t, {
      script: partnerScript,
      env: { PHASE: '4', OTEL_EXPORTER_JAEGER_ENDPOINT: jaeger.endpoint, OTEL_BSP_SCHEDULE_DELAY: '60000' },
    })
    const traceId = newTraceId()
    await fetch(`${other.url}/hop`, { headers: { traceparent: `00-${traceId}-${CALLER}-01` } })
    t.equal((await other.stop()).code, 0)
    const [span] = await jaeger.waitForTrace(traceId, { spans: 1 })
    t.match(span, { service: 'partner', name: 'GET /hop' })
  })
})

for (const trouble of ['nobody listens', 'it hangs', 'it refuses'] as const) {
  t.test(`Jaeger is down (${trouble}): one warning, nothing else`, async (t) => {
    const jaeger = await startJaegerReceiver(t)
    if (trouble === 'nobody listens') await jaeger.stop()
    if (trouble === 'it hangs') jaeger.hang()
    if (trouble === 'it refuses') jaeger.respondWith(500)
    const app = await startApp(t, {
      script: partnerScript,
      env: { PHASE: '4', OTEL_EXPORTER_JAEGER_ENDPOINT: jaeger.endpoint, OTEL_BSP_SCHEDULE_DELAY: '20' },
    })
    for (let i = 0; i < 20; i++) t.equal((await fetch(`${app.url}/hop`)).status, 200)
    if (trouble !== 'it hangs') await app.waitForLogLine('the warning', ({ level }) => level === 'warn')
    const { code, ms } = await app.stop()
    t.equal(code, 0)
    t.ok(ms < 2000, `it took ${ms} ms to end`)
    t.ok((await app.logLines()).filter(({ level }) => level === 'warn').length <= 1)
  })
}
