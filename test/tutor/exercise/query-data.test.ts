import t from 'tap'
import { Engine } from '../../../query/promql/engine.ts'
import { readOpenMetrics } from '../../../query/series/read-openmetrics.ts'
import type { SeriesStore } from '../../../query/series/store.ts'
import { linesOf, storeLines, writeLog } from '../../../tutor/exercise/queries/service-log.ts'
import { START, scrapeAll } from '../../../tutor/exercise/queries/service-metrics.ts'
import { writeOpenMetrics } from '../../../tutor/exercise/queries/write-openmetrics.ts'

const LOAD = {
  route: '/hello',
  rate: 2,
  durations: [
    [0.02, 0.75],
    [0.4, 0.25],
  ],
} as const
const INSTANCE = { instance: '10.0.0.1:8080' }

/** The result of a query at a second since `START`, by the labels of its series, to two digits. */
function ask(store: SeriesStore, query: string, second: number): Record<string, number> {
  const { result } = new Engine(store).instant(query, START + second * 1000)
  if (result.type !== 'vector') throw new Error(`${query} gives a ${result.type}`)
  return Object.fromEntries(
    result.series.map(({ labels, samples: [sample] }) => [labels.toString(), Number(sample?.[1].toFixed(2))]),
  )
}

t.test('counters count the requests that were served', (t) => {
  const store = scrapeAll([{ ...INSTANCE, loads: [LOAD] }], 10)
  t.same(ask(store, 'sum by (route) (rate(http_server_request_count_total[5m]))', 600), { '{route="/hello"}': 2 })
  t.same(ask(store, 'sum(http_server_request_count_total)', 300), { '{}': 602 }, 'from second 0 to 300')
  t.same(ask(store, 'sum(rate(http_server_request_duration_seconds_bucket{le="0.025"}[5m]))', 600), {
    '{}': 1.5,
  })
  const average =
    'sum(rate(http_server_request_duration_seconds_sum[5m])) / sum(rate(http_server_request_duration_seconds_count[5m]))'
  t.same(ask(store, average, 600), { '{}': 0.12 }, 'three quarters of 0.02 and a quarter of 0.4')
  t.same(ask(store, 'count(count by (le) (http_server_request_duration_seconds_bucket))', 600), { '{}': 14 })
  t.end()
})

t.test('counters of a process that has restarted begin at 0', (t) => {
  const store = scrapeAll([{ ...INSTANCE, loads: [LOAD], restarts: [450] }], 10)
  t.same(ask(store, 'resets(http_server_request_count_total[10m])', 600), {
    '{instance="10.0.0.1:8080", job="course-app", method="GET", route="/hello", status="200"}': 1,
  })
  t.same(ask(store, 'sum(http_server_request_count_total)', 600), { '{}': 302 })
  t.end()
})

t.test('a scrape that fails leaves up at 0, and a target that has disappeared leaves nothing', (t) => {
  const store = scrapeAll(
    [
      { ...INSTANCE, isUp: (second) => second < 300 },
      { instance: '10.0.0.2:8080', isTarget: (second) => second < 300 },
    ],
    10,
  )
  t.same(ask(store, 'sum by (instance) (up)', 290), {
    '{instance="10.0.0.1:8080"}': 1,
    '{instance="10.0.0.2:8080"}': 1,
  })
  t.same(ask(store, 'sum by (instance) (up)', 330), { '{instance="10.0.0.1:8080"}': 0 })
  t.end()
})

t.test('series that are written as text are read as they were', (t) => {
  const store = scrapeAll(
    [{ ...INSTANCE, loads: [LOAD], gauges: { lag: (second) => second / 1000 }, version: 'a"b' }],
    3,
  )
  const read = readOpenMetrics(writeOpenMetrics(store))
  t.equal(read.size, store.size)
  const samples = (source: SeriesStore) =>
    source.select([]).map(({ labels, times, values }) => [labels.key, [...times], [...values]])
  t.same(samples(read), samples(store))
  t.end()
})

t.test('a failed request has two lines, as the app writes them, and others have one', (t) => {
  const [failed, completed, ...none] = linesOf({ second: 1, route: '/hello', status: 500 })
  t.same(none, [])
  t.match(failed, { level: 'error', message: 'request failed', members: { err: { message: /\w/ } } })
  t.match(completed, { level: 'error', message: 'request completed', members: { status: 500, route: '/hello' } })
  t.equal(failed?.members?.request_id, completed?.members?.request_id)
  t.match(linesOf({ second: 1, route: '/hello', status: 404 }), [{ level: 'warn' }])

  const [line = ''] = writeLog(linesOf({ second: 1, route: '/hello' })).split('\n')
  t.strictSame(Object.keys(JSON.parse(line)), [
    ...['level', 'time', 'service', 'service_instance_id'],
    ...['method', 'path', 'route', 'status', 'latency', 'request_id', 'message'],
  ])
  t.end()
})

t.test('equal lines of one moment are all kept', (t) => {
  const line = { second: 5, message: 'again' }
  t.equal(storeLines([line, line, line]).size, 3)
  const [stream] = storeLines([line, line, line]).select([])
  t.equal(stream?.lines.length, 3)
  t.end()
})
