import { definePromqlExercise } from '../queries/promql-exercise.ts'
import {
  averagedRatios,
  emptyRatio,
  fixedValues,
  otherLabels,
  otherRange,
  percentForShare,
  statusMatcher,
  unequalSides,
} from '../queries/promql-mistakes.ts'
import { server, times } from '../queries/server.ts'
import type { Load } from '../queries/service-metrics.ts'

const HEALTHY: readonly Load[] = [
  { route: '/v1/courses', rate: 4 },
  { route: '/v1/bookings', method: 'POST', status: '201', rate: 2 },
  { route: '/hello', rate: 1 },
]

const FAILING: readonly Load[] = [
  { route: '/v1/courses', rate: 4 },
  { route: '/v1/bookings', method: 'POST', status: '201', rate: 1.6 },
  { route: '/v1/bookings', method: 'POST', status: '500', rate: 0.4 },
  { route: '/hello', rate: 1 },
]

const BROKEN: readonly Load[] = [
  { route: '/checkout', method: 'POST', status: '503', rate: 2 },
  { route: '/search', rate: 3 },
]

const REFUSING: readonly Load[] = [
  { route: '/v1/courses/:course_id', rate: 3 },
  { route: '/v1/courses/:course_id', status: '404', rate: 1 },
  { route: '/external', rate: 2 },
  { route: '/external', status: '502', rate: 0.2 },
  { route: '/external', status: '504', rate: 0.6 },
]

export default definePromqlExercise({
  hints: [
    'A share is one sum of rates divided by another one. Both sides need the same labels: sum by (route) (…) / sum by (route) (…).',
    'status=~"5.." matches all of 500 to 599. The regular expression has to match the whole value.',
    '`a or b` gives all series of a, and those of b that a has not. 0 * sum by (route) (…) is a 0 for each route.',
  ],
  expected: 'one series for each route, with no other label: the share of its requests that failed, and 0 if none did',
  reference: `
    1 - (
      sum by (route) (increase(http_server_request_count_total{status!~"5.."}[5m]))
      or sum by (route) (increase(http_server_request_count_total[5m])) * 0
    ) / sum by (route) (increase(http_server_request_count_total[5m]))`,
  shown: { instances: [server(1, FAILING), server(2, FAILING)], minutes: 15 },
  hidden: [
    { when: 'when nothing fails', instances: [server(1, HEALTHY), server(2, HEALTHY)], minutes: 15 },
    { when: 'when all requests to a route fail', instances: [server(1, BROKEN)], minutes: 15 },
    {
      when: 'when there are failures of several kinds, and requests that are refused',
      instances: [server(1, REFUSING)],
      minutes: 15,
    },
    {
      when: 'when one of two servers fails, and gets a tenth of the requests',
      instances: [server(1, times(10, HEALTHY)), server(2, FAILING)],
      minutes: 15,
    },
    {
      when: 'when failures ended seven minutes ago',
      instances: [
        server(
          1,
          FAILING.map((load) =>
            load.status === '500' ? { ...load, rate: (second) => (second < 480 ? 0.4 : 0) } : load,
          ),
        ),
      ],
      minutes: 15,
    },
    {
      when: 'when a server has restarted',
      instances: [server(1, FAILING, { restarts: [780] }), server(2, times(3, HEALTHY))],
      minutes: 15,
    },
  ],
  mistakes: [
    unequalSides,
    otherLabels,
    statusMatcher,
    percentForShare,
    averagedRatios,
    fixedValues('route'),
    otherRange(5),
    emptyRatio,
  ],
  look: 'both sides of the division: which requests each of them counts, and over which time',
})
