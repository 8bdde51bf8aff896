import { definePromqlExercise } from '../queries/promql-exercise.ts'
import { averageForSum, fixedValues, otherRange } from '../queries/promql-mistakes.ts'
import { server, times } from '../queries/server.ts'
import type { Load } from '../queries/service-metrics.ts'

const LOADS: readonly Load[] = [
  { route: '/v1/courses', rate: 4 },
  { route: '/v1/courses', status: '404', rate: 0.2 },
  { route: '/v1/bookings', method: 'POST', status: '201', rate: 1.2 },
  { route: '/hello', rate: 2 },
]

const OTHERS: readonly Load[] = [
  { route: '/checkout', method: 'POST', rate: 3 },
  { route: '/checkout', method: 'GET', rate: 0.6 },
  { route: '/basket/:id', method: 'DELETE', status: '204', rate: 1 },
  { route: '/search', status: '503', rate: 0.4 },
]

export default definePromqlExercise({
  hints: [
    'rate(http_server_request_count_total[5m]) gives requests per second, one series for each series of the counter.',
    'sum by (…) (…) adds series up. The labels in the first parentheses are those that are left.',
    'First the rate of each series, then the sum of the rates: sum by (route) (rate(…)).',
  ],
  expected: 'one series for each route, with no other label: its requests per second over the last five minutes',
  reference: 'sum by (route) (increase(http_server_request_count_total[5m])) / 300',
  shown: { instances: [server(1, LOADS), server(2, LOADS)], minutes: 15 },
  hidden: [
    { when: 'when other routes are called', instances: [server(1, OTHERS), server(2, OTHERS)], minutes: 15 },
    {
      when: 'when one of three servers gets ten times the requests',
      instances: [server(1, LOADS), server(2, LOADS), server(3, times(10, LOADS))],
      minutes: 15,
    },
    {
      when: 'when a server has restarted',
      instances: [server(1, LOADS, { restarts: [750] }), server(2, LOADS)],
      minutes: 15,
    },
    {
      when: 'when there are more requests each minute',
      instances: [
        server(
          1,
          LOADS.map((load) => ({ ...load, rate: (second) => Math.floor(second / 60) })),
        ),
      ],
      minutes: 15,
    },
    {
      when: 'when the scrapes of the last minute have failed',
      instances: [server(1, LOADS, { isTarget: (second) => second < 840 }), server(2, LOADS)],
      minutes: 15,
      at: [900],
    },
  ],
  mistakes: [averageForSum, fixedValues('route'), fixedValues('instance'), otherRange(5)],
  look: 'what is added up, and over which time',
})
