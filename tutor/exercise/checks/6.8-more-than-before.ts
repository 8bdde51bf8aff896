import { definePromqlExercise } from '../queries/promql-exercise.ts'
import {
  averagedRatios,
  fixedValues,
  otherLabels,
  otherRange,
  type PromqlMistake,
  unequalSides,
} from '../queries/promql-mistakes.ts'
import { has, nodesOf, rangesOf, selectorsOf } from '../queries/promql-nodes.ts'
import { server } from '../queries/server.ts'
import type { Load } from '../queries/service-metrics.ts'

/** Requests to a route: first so many per second, and after so many minutes as many as that. */
function load(route: string, before: number, minutes: number, after: number, rest: Partial<Load> = {}): Load {
  return { route, rate: (second) => (second < minutes * 60 ? before : after), ...rest }
}

const LOADS: readonly Load[] = [
  load('/v1/courses', 2, 20, 6),
  load('/v1/courses', 0.2, 20, 0.4, { status: '404' }),
  load('/v1/bookings', 1, 20, 1, { method: 'POST', status: '201' }),
  load('/hello', 2, 20, 0.6),
]

const futureOffset: PromqlMistake = {
  isIn: ({ query }) => selectorsOf(query).some(({ offset }) => offset < 0),
  look: 'the sign of the offset: offset 30m looks back by half an hour, offset -30m looks into the future',
}

const noOffset: PromqlMistake = {
  isIn: ({ query }) =>
    selectorsOf(query).every(({ offset, at }) => offset === 0 && at === undefined) && has(rangesOf(query)),
  look: 'the time that your query is about: nothing in it looks back, and a longer range still ends now',
}

const otherOffset: PromqlMistake = {
  isIn: ({ query }) => {
    const offsets = selectorsOf(query).map(({ offset }) => offset)
    return !offsets.includes(0) || offsets.some((offset) => offset !== 0 && offset !== 1_800_000)
  },
  look: 'the offsets: one side is about now, and the other one about half an hour ago',
}

const differenceForRatio: PromqlMistake = {
  isIn: ({ query }) => ![...nodesOf(query)].some((node) => node.kind === 'binary' && node.operator === '/'),
  look: 'the operator: the task asks how many times as many, and a difference tells how many more',
}

/** Then divided by now. */
const upsideDown: PromqlMistake = {
  isIn: ({ query }) =>
    [...nodesOf(query)].some(
      (node) =>
        node.kind === 'binary' &&
        node.operator === '/' &&
        selectorsOf(node.left).some(({ offset }) => offset > 0) &&
        selectorsOf(node.right).every(({ offset }) => offset === 0),
    ),
  look: 'which side is divided by which: the result is to be 2 when there is twice as much now',
}

const longRange: PromqlMistake = { ...otherRange(5), look: 'the ranges: both sides are about five minutes' }

export default definePromqlExercise({
  hints: [
    'offset 30m makes a selector look half an hour back. It stands directly after the range: counter[5m] offset 30m.',
    'Each side is requests per second by route: first rate, then sum by (route). Only one side has an offset.',
    'sum by (route) (rate(…[5m])) / sum by (route) (rate(…[5m] offset 30m))',
  ],
  expected: 'one series for each route, with no other label: requests now, divided by requests half an hour ago',
  reference: `
    sum by (route) (increase(http_server_request_count_total[5m]))
      / on (route) sum by (route) (increase(http_server_request_count_total[5m] offset 1800s))`,
  shown: { instances: [server(1, LOADS), server(2, LOADS)], minutes: 45 },
  hidden: [
    {
      when: 'when other routes are called, and one of them is new',
      instances: [
        server(1, [
          load('/search', 4, 25, 1),
          load('/checkout', 0, 25, 2),
          load('/basket', 3, 25, 3, { method: 'PUT' }),
        ]),
      ],
      minutes: 45,
    },
    {
      when: 'when all servers were replaced by others 20 minutes ago',
      instances: [
        server(1, LOADS, { isTarget: (second) => second < 1500 }),
        server(2, LOADS, { isTarget: (second) => second < 1500 }),
        server(
          3,
          LOADS.map((one) => ({ ...one, rate: 5 })),
          { isTarget: (second) => second >= 1500 },
        ),
      ],
      minutes: 45,
    },
    {
      when: 'when there were far more requests a quarter of an hour ago',
      instances: [
        server(1, [
          { route: '/hello', rate: (second) => (second > 1700 && second < 2000 ? 40 : second < 1000 ? 2 : 3) },
        ]),
      ],
      minutes: 45,
    },
    {
      when: 'when two servers get very different numbers of requests',
      instances: [server(1, [load('/v1/courses', 20, 30, 10)]), server(2, [load('/v1/courses', 0.2, 30, 2)])],
      minutes: 45,
    },
    {
      when: 'when a server has restarted',
      instances: [server(1, LOADS, { restarts: [780, 2600] }), server(2, LOADS, { restarts: [1500] })],
      minutes: 45,
    },
  ],
  mistakes: [
    noOffset,
    futureOffset,
    otherOffset,
    differenceForRatio,
    upsideDown,
    otherLabels,
    unequalSides,
    averagedRatios,
    fixedValues('route'),
    longRange,
  ],
  look: 'what is divided by what, and which times both sides are about',
})
