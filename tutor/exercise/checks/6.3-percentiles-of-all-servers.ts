import {
  averageDuration,
  averagedQuantiles,
  quantileOfSeries,
  quantileWithoutBuckets,
  quantileWithoutLe,
} from '../queries/percentile-mistakes.ts'
import { definePromqlExercise } from '../queries/promql-exercise.ts'
import { fixedValues, otherRange } from '../queries/promql-mistakes.ts'
import { server, times } from '../queries/server.ts'
import type { Durations, Load } from '../queries/service-metrics.ts'

const FAST: Durations = [
  [0.008, 0.7],
  [0.02, 0.25],
  [0.2, 0.05],
]
const SLOW: Durations = [
  [0.3, 0.5],
  [0.8, 0.4],
  [2, 0.1],
]
const MIXED: Durations = [
  [0.02, 0.6],
  [0.07, 0.3],
  [0.4, 0.1],
]

const LOADS: readonly Load[] = [
  { route: '/v1/courses', rate: 8, durations: FAST },
  { route: '/v1/bookings', method: 'POST', status: '201', rate: 4, durations: MIXED },
]

const SLOW_LOADS: readonly Load[] = LOADS.map((load) => ({ ...load, durations: SLOW }))

const OTHERS: readonly Load[] = [
  { route: '/search', rate: 8, durations: MIXED },
  { route: '/search', status: '503', rate: 4, durations: [[0.004, 1]] },
  { route: '/checkout', method: 'POST', rate: 4, durations: SLOW },
]

export default definePromqlExercise({
  hints: [
    'Percentiles of servers cannot be combined. Counts of requests can: add up the buckets of all servers first.',
    'rate(…_bucket[5m]) tells how many requests per second each bucket counted. sum by (…) adds them up; the label le has to stay.',
    'histogram_quantile(0.95, sum by (le, …) (rate(…)))',
  ],
  expected: 'one series for each route, with no other label: the 95th percentile over the requests to all servers',
  reference:
    'histogram_quantile(0.95, sum without (job, instance, method, status) (increase(http_server_request_duration_seconds_bucket[5m])))',
  shown: { instances: [server(1, LOADS), server(2, times(0.25, SLOW_LOADS))], minutes: 15 },
  hidden: [
    { when: 'when other routes are called', instances: [server(1, OTHERS), server(2, OTHERS)], minutes: 15 },
    {
      when: 'when one of three servers is slow, and gets one request in a hundred',
      instances: [server(1, times(2, LOADS)), server(2, times(2, LOADS)), server(3, times(0.04, SLOW_LOADS))],
      minutes: 15,
    },
    {
      when: 'when requests have been slow for three minutes',
      instances: [
        server(
          1,
          LOADS.map((load) => ({ ...load, durations: (second) => (second < 720 ? FAST : SLOW) })),
        ),
      ],
      minutes: 15,
    },
    {
      when: 'when a slow server has restarted',
      instances: [server(1, LOADS), server(2, SLOW_LOADS, { restarts: [740] })],
      minutes: 15,
    },
  ],
  mistakes: [
    quantileWithoutLe,
    averagedQuantiles,
    quantileOfSeries,
    quantileWithoutBuckets,
    averageDuration,
    fixedValues('route'),
    fixedValues('instance'),
    otherRange(5),
  ],
  look: 'the number of the percentile, and which requests are in the buckets',
})
