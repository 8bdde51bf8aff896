import t from 'tap'
import { startApp } from '../../testkit/app-process.ts'
import { reflectedClient } from '../../testkit/grpc-client.ts'
import { startOtlpReceiver } from '../../testkit/otlp-receiver.ts'
import { scrape } from '../../testkit/scrape.ts'
import { rootOf, shapeOf } from '../../testkit/span-tree.ts'

const service = 'course.v1.CatalogService'
const absent = '01943ad7-aa80-7001-8000-ffffffffffff'

t.test('a gRPC call is logged, counted and traced like an HTTP request', async (t) => {
  const collector = await startOtlpReceiver(t)
  const app = await startApp(t, {
    env: {
      PHASE: '5',
      LOG_LEVEL: 'debug',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
      OTEL_BSP_SCHEDULE_DELAY: '50',
    },
  })
  const address = /gRPC +(\S+)/.exec(app.stderr())?.[1] ?? ''
  const client = await reflectedClient(t, address)
  const { courses } = (await client.call(`${service}/ListCourses`, { page_size: 1 })).message as {
    courses: { course_id: string }[]
  }

  await t.test('a call that succeeds, for a caller with an id and a trace', async (t) => {
    const traceId = crypto.randomUUID().replaceAll('-', '')
    const metadata = { 'x-request-id': 'grpc-1', traceparent: `00-${traceId}-00f067aa0ba902b7-01` }
    const answer = await client.call(`${service}/GetCourse`, courses[0], { metadata })
    t.match(answer, { code: 'OK', metadata: { 'x-request-id': 'grpc-1' } })

    const trace = await collector.waitForTrace(traceId, { spans: 4 })
    const root = rootOf(trace)
    t.strictSame(shapeOf(root, trace), [`${service}/GetCourse`, 'GET course', 'SELECT courses', 'SET course'])
    t.match(root, { kind: 'server', parentSpanId: '00f067aa0ba902b7', status: { code: 'unset' } })
    t.match(root.attributes, {
      'rpc.system.name': 'grpc',
      'rpc.method': `${service}/GetCourse`,
      'rpc.status_code': 'OK',
      'course_app.request_id': 'grpc-1',
    })

    const line = await app.waitForLogLine(
      'the call',
      (l) => l.request_id === 'grpc-1' && l.message === 'call completed',
    )
    t.match(line, { level: 'info', rpc: `${service}/GetCourse`, grpc_status: 'OK', trace_id: traceId })
    t.equal(line.span_id, root.spanId)
    t.type(line.latency, 'number')
    const statements = (await app.logLines()).filter(
      (l) => l.request_id === 'grpc-1' && l.message === 'query completed',
    )
    t.equal(statements.length, 1)
    for (const { trace_id } of statements) t.equal(trace_id, traceId)
  })

  await t.test('a rejected call is the caller’s fault', async (t) => {
    const traceId = crypto.randomUUID().replaceAll('-', '')
    const metadata = { 'x-request-id': 'not an id', traceparent: `00-${traceId}-00f067aa0ba902b7-01` }
    const answer = await client.call(`${service}/GetCourse`, { course_id: absent }, { metadata })
    t.equal(answer.code, 'NOT_FOUND')
    const [id] = [answer.metadata['x-request-id']]
    t.match(String(id), /^[0-9a-f-]{36}$/)

    const line = await app.waitForLogLine('the call', (l) => l.request_id === id && l.message === 'call completed')
    t.match(line, { level: 'warn', grpc_status: 'NOT_FOUND' })
    const root = rootOf(await collector.waitForTrace(traceId, { spans: 3 }))
    t.match(root, { status: { code: 'unset' }, attributes: { 'rpc.status_code': 'NOT_FOUND' } })
  })

  const refused = {
    'a method that does not exist': {
      path: `${service}/Nothing`,
      code: 'UNIMPLEMENTED',
      line: { rpc: `${service}/_OTHER`, path: `/${service}/Nothing` },
      span: { name: 'grpc', 'rpc.method': '_OTHER', 'rpc.method_original': `${service}/Nothing` },
      status: 'error',
      labels: { service, method: '_OTHER' },
    },
    'a service that does not exist': {
      path: 'made.up.Service/Get',
      code: 'UNIMPLEMENTED',
      line: { rpc: '_OTHER/_OTHER', path: '/made.up.Service/Get' },
      span: { name: 'grpc', 'rpc.method': '_OTHER', 'rpc.method_original': 'made.up.Service/Get' },
      status: 'error',
      labels: { service: '_OTHER', method: '_OTHER' },
    },
    'a request that is too large': {
      path: `${service}/CreateCourse`,
      bytes: 70_000,
      code: 'RESOURCE_EXHAUSTED',
      line: { rpc: `${service}/CreateCourse` },
      span: { name: `${service}/CreateCourse`, 'rpc.method': `${service}/CreateCourse` },
      status: 'unset',
      labels: { service, method: 'CreateCourse' },
    },
    'a deadline of the caller’s that has passed': {
      path: `${service}/UpdateCourse`,
      // The deadline passes before the call arrives. A client would not send it.
      timeout: { 'grpc-timeout': '1n' },
      code: 'DEADLINE_EXCEEDED',
      line: { rpc: `${service}/UpdateCourse` },
      span: { name: `${service}/UpdateCourse`, 'rpc.method': `${service}/UpdateCourse` },
      status: 'error',
      labels: { service, method: 'UpdateCourse' },
    },
  }
  for (const [what, expected] of Object.entries(refused)) {
    await t.test(`${what}: one line, one span and a count`, async (t) => {
      const { path, code, bytes = 0, timeout = {} } = { bytes: undefined, timeout: undefined, ...expected }
      const traceId = crypto.randomUUID().replaceAll('-', '')
      const id = traceId.slice(0, 8)
      const metadata = { 'x-request-id': id, traceparent: `00-${traceId}-00f067aa0ba902b7-01`, ...timeout }
      const answer = await client.send(path, Buffer.alloc(bytes), { metadata })
      t.match(answer, { code, reason: code, metadata: { 'x-request-id': id } })

      const trace = await collector.waitForTrace(traceId, { spans: 1 })
      const [span] = trace
      const { name, ...attributes } = expected.span
      t.match(span, { name, kind: 'server', status: { code: expected.status }, events: [] })
      t.match(span?.attributes, { ...attributes, 'rpc.status_code': code, 'course_app.request_id': id })
      await app.waitForLogLine('the call', (l) => l.request_id === id)
      const lines = (await app.logLines()).filter((l) => l.request_id === id)
      t.match(lines, [
        { ...expected.line, level: 'warn', message: 'call completed', grpc_status: code, trace_id: traceId },
      ])
      t.notOk(lines[0]?.err, 'without a stack: no code of this server is at fault')
    })
  }

  const metrics = await scrape(`${app.url}/metrics`)
  for (const [method, status_code] of [
    ['GetCourse', 'OK'],
    ['GetCourse', 'NOT_FOUND'],
    ['ListCourses', 'OK'],
  ] as const) {
    const labels = { service, method, status_code }
    t.equal(metrics.value('grpc_server_request_total', labels), 1)
    t.equal(metrics.value('grpc_server_request_duration_seconds_count', labels), 1)
  }
  for (const { labels, code: status_code } of Object.values(refused)) {
    t.equal(metrics.value('grpc_server_request_total', { ...labels, status_code }), 1)
    t.equal(metrics.value('grpc_server_request_duration_seconds_count', { ...labels, status_code }), 1)
  }
  t.equal(metrics.total('grpc_server_requests_in_flight'), 0)
})
