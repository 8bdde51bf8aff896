import t from 'tap'
import { ownSeries } from '../../lab/own-series.ts'
import { requestIdOf } from '../../lab/request-id-of.ts'
import { serviceMap } from '../../lab/service-map.ts'
import type { Attributes, Span } from '../../lab/wire.ts'

function spanOf(kind: Span['kind'], attributes: Attributes, events: Span['events'] = []): Span {
  const ids = { trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16), parent_span_id: null, parent_is_remote: false }
  const times = { start: 0, duration: 1, status: 'unset' } as const
  return { ...ids, ...times, service: 'orders', name: 'a span', kind, attributes, events, links: [], cut: false }
}

t.test('attributes with another application’s prefix are understood', async (t) => {
  t.equal(requestIdOf(spanOf('server', { 'orders.request_id': 'r1' })), 'r1')
  t.equal(
    requestIdOf(spanOf('client', { 'aws.request_id': 'r2' })),
    undefined,
    "another service's id is not the request's",
  )

  const cached = spanOf('internal', { 'orders.cache.operation': 'GET', 'orders.cache.outcome': 'hit' })
  const booked = spanOf('internal', {}, [{ name: 'orders.booking.created', time: 0, attributes: {} }])
  const trace = { traceId: cached.trace_id, spans: [cached], finished: true, changed: 0, bytes: 0, lastAt: 0 }
  t.match(serviceMap([trace]).edges, [{ from: 'orders', to: 'memory', protocol: 'cache' }])
  t.match(
    [...ownSeries('orders', [], [cached, booked]).series.values()],
    [
      { name: 'cache_operation_duration_seconds_count', labels: { operation: 'GET' } },
      { name: 'cache_requests_total', labels: { operation: 'GET', result: 'hit' } },
      { name: 'booking_status_total', labels: { status: 'created' } },
    ],
  )
})
