import { definePromqlExercise } from '../queries/promql-exercise.ts'
import {
  averagedRatios,
  averageForSum,
  fixedValues,
  otherRange,
  type PromqlMistake,
  percentForShare,
} from '../queries/promql-mistakes.ts'
import { selectorsOf } from '../queries/promql-nodes.ts'
import { server, times } from '../queries/server.ts'
import type { Durations, Load } from '../queries/service-metrics.ts'

const FAST: Durations = [
  [0.004, 0.4],
  [0.03, 0.5],
  [0.4, 0.1],
]
const SLOW: Durations = [
  [0.2, 0.2],
  [0.3, 0.5],
  [3, 0.3],
]

const LOADS: readonly Load[] = [
  { route: '/v1/courses', rate: 8, durations: FAST },
  { route: '/v1/bookings', method: 'POST', status: '201', rate: 2, durations: SLOW },
]

/** `sum(rate(…_bucket[5m]))`, without a condition on `le`, or with one that takes several buckets. */
const bucketsAddedUp: PromqlMistake = {
  isIn: ({ query }) =>
    selectorsOf(query).some(
      ({ name, matchers }) =>
        name.endsWith('_bucket') && !matchers.some((one) => one.name === 'le' && one.operator === '='),
    ),
  look: 'what a sum over several buckets counts: buckets are cumulative, so a request is counted once in each bucket that it fits into',
}

/** @param bound the value of `le` that the task needs */
function leMatcher(bound: string): PromqlMistake {
  return {
    isIn: ({ query }) =>
      selectorsOf(query).some(({ matchers }) =>
        matchers.some(
          ({ name, operator, value }) => name === 'le' && operator === '=' && ![bound, '+Inf'].includes(value),
        ),
      ),
    look: 'the value of le in your query: it is compared as a text, and there are only the bounds that the histogram has, in seconds',
  }
}

export default definePromqlExercise({
  hints: [
    'A share is one number of requests divided by another one. Both are counters, so both need a rate.',
    'The requests that were fast enough are in the bucket with le="0.25", and in no other that you need.',
    'All requests are in the bucket with le="+Inf". The series that ends in _count has the same number.',
  ],
  expected: 'one series without labels: the share of all requests that took at most 250 ms',
  reference: `
    sum(increase(http_server_request_duration_seconds_bucket{le="0.25"}[5m]))
      / sum(increase(http_server_request_duration_seconds_bucket{le="+Inf"}[5m]))`,
  shown: { instances: [server(1, LOADS), server(2, LOADS)], minutes: 15 },
  hidden: [
    {
      when: 'when one of two servers is slow, and gets a tenth of the requests',
      instances: [
        server(1, times(10, [{ route: '/search', rate: 2, durations: FAST }])),
        server(2, [{ route: '/search', rate: 2, durations: SLOW }]),
      ],
      minutes: 15,
    },
    {
      when: 'when no request is fast enough',
      instances: [server(1, [{ route: '/report', rate: 2, durations: [[0.7, 1]] }])],
      minutes: 15,
    },
    {
      when: 'when requests that fail are answered at once',
      instances: [server(1, [...LOADS, { route: '/v1/courses', status: '503', rate: 10, durations: [[0.002, 1]] }])],
      minutes: 15,
    },
    {
      when: 'when requests have been slow for two minutes',
      instances: [
        server(
          1,
          LOADS.map((load) => ({ ...load, durations: (second) => (second < 780 ? FAST : SLOW) })),
        ),
      ],
      minutes: 15,
    },
    {
      when: 'when the slow one of two servers has restarted',
      instances: [server(1, LOADS), server(2, [{ route: '/search', rate: 8, durations: SLOW }], { restarts: [740] })],
      minutes: 15,
    },
  ],
  mistakes: [
    leMatcher('0.25'),
    bucketsAddedUp,
    averagedRatios,
    averageForSum,
    percentForShare,
    fixedValues('route'),
    otherRange(5),
  ],
  look: 'what is divided by what: the requests that were fast enough, and all requests',
})
