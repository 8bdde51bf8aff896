import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { fetchOk } from '../../bench/course.ts'
import { startServers } from '../../bench/measured-servers.ts'
import { startSink } from '../../bench/sink-client.ts'
import { allSubjects } from '../../bench/subjects.ts'
import { waitForLine } from '../../testkit/log-file.ts'

/** The comparison is fair only if the stock server really produces all three kinds of telemetry. */
t.test('the stock server logs, counts and traces a request', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'course-bench-test-'))
  const sink = startSink()
  const stopping = new AbortController()
  t.teardown(async () => {
    stopping.abort()
    await sink.stop()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })
  const stock = allSubjects('').filter(({ name }) => name === 'stock')
  const context = { folder, sink, signal: stopping.signal, main: '' }
  const [server] = await startServers(stock, ['/hello'], context)
  if (server === undefined) return t.fail('stock did not start')

  const metrics = await fetchOk(`${server.origin}/metrics`)
  t.match(metrics, /http_request_duration_seconds_count\{method="GET",route="\/hello",status_code="200"\} 1/)
  t.match(metrics, /nodejs_eventloop_lag_seconds/)

  // Before it stops: pino's worker thread is slow to start under --require, and loses lines at an early end.
  const completed = await waitForLine(
    join(folder, 'stock', 'app.log'),
    'a completed request with its trace id',
    ({ msg, trace_id }) => msg === 'request completed' && trace_id !== undefined,
  )
  t.match(completed, { trace_id: /^[0-9a-f]{32}$/, span_id: /^[0-9a-f]{16}$/ })

  await server.stop()
  const received = (await sink.received()).stock
  t.match(received, { roots: Number, others: Number })
  t.ok(received && received.roots >= 1, 'spans arrive by OTLP')
  t.ok(received && received.others >= 1, 'OpenTelemetry metrics arrive by OTLP')
})
