import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { jaegerQuery } from '../../tutor/check/jaeger-query.ts'

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736'

/** What Jaeger's API answers, shortened to what matters. */
const ANSWER = {
  data: [
    {
      traceID: TRACE_ID,
      processes: { p1: { serviceName: 'course-app', tags: [{ key: 'host.name', type: 'string', value: 'a' }] } },
      spans: [
        {
          traceID: TRACE_ID,
          spanID: 'b7ad6b7169203331',
          operationName: 'GET /error',
          references: [{ refType: 'CHILD_OF', traceID: TRACE_ID, spanID: '00f067aa0ba902b7' }],
          startTime: 1_760_000_000_000_500,
          duration: 1500,
          processID: 'p1',
          tags: [
            { key: 'span.kind', type: 'string', value: 'server' },
            { key: 'otel.status_code', type: 'string', value: 'ERROR' },
            { key: 'http.response.status_code', type: 'int64', value: 500 },
          ],
          logs: [
            {
              timestamp: 1_760_000_000_001_000,
              fields: [
                { key: 'event', type: 'string', value: 'exception' },
                { key: 'exception.message', type: 'string', value: 'on purpose' },
              ],
            },
          ],
        },
      ],
    },
  ],
}

t.test('reads spans from Jaeger’s API', async (t) => {
  const server = createServer((request, response) => {
    if (request.url === '/api/services') response.end('{"data":["course-app"]}')
    else if (request.url === `/api/traces/${TRACE_ID}`) response.end(JSON.stringify(ANSWER))
    else response.writeHead(404).end('{"data":null}')
  }).listen(0, '127.0.0.1')
  t.teardown(() => server.close().closeAllConnections())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const jaeger = jaegerQuery(`http://127.0.0.1:${port}/`)

  t.equal(await jaeger.isThere(), true)
  t.strictSame(await jaeger.ofTrace('0'.repeat(32)), [])
  const [span] = await jaeger.ofTrace(TRACE_ID)
  t.match(span, {
    service: 'course-app',
    resource: { 'host.name': 'a' },
    traceId: TRACE_ID,
    spanId: 'b7ad6b7169203331',
    parentSpanId: '00f067aa0ba902b7',
    name: 'GET /error',
    kind: 'server',
    startMs: 1_760_000_000_000.5,
    durationMs: 1.5,
    attributes: { 'http.response.status_code': 500 },
    events: [{ name: 'exception', timeMs: 1_760_000_000_001, attributes: { 'exception.message': 'on purpose' } }],
    status: { code: 'error' },
  })
})
