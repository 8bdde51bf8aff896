import { definePromqlExercise } from '../queries/promql-exercise.ts'
import { fixedValues, otherRange, type PromqlMistake, rateOfGauge } from '../queries/promql-mistakes.ts'
import { callsOf, has, nodesOf, rangesOf } from '../queries/promql-nodes.ts'
import { server } from '../queries/server.ts'
import type { Instance } from '../queries/service-metrics.ts'

/** A server whose event loop is delayed, at moments that are given in seconds. */
function stalling(
  number: number,
  stalls: Readonly<Record<number, number>>,
  rest: Omit<Instance, 'instance'> = {},
): Instance {
  const lag = (second: number) => {
    const stall = Object.entries(stalls).find(
      ([moment]) => second - Number(moment) >= 0 && second - Number(moment) < 15,
    )
    return stall?.[1] ?? 0.011
  }
  return server(number, [], {
    gauges: { nodejs_eventloop_lag_max_seconds: lag, nodejs_eventloop_lag_p99_seconds: () => 0.0105 },
    ...rest,
  })
}

/** `max(gauge)`, where the largest of some time is asked for. */
const currentValue: PromqlMistake = {
  isIn: ({ query }) => !has(rangesOf(query)) && ![...nodesOf(query)].some(({ kind }) => kind === 'subquery'),
  look: 'the time that your query looks at: the value at one moment, which is that of the last scrape',
}

const averageOverTime: PromqlMistake = {
  isIn: ({ query }) => has(callsOf(query, ['avg_over_time', 'quantile_over_time'])),
  look: 'what is made of the samples: an average hides the one that is larger than all others, and so does a percentile',
}

/** `(…)[10m:]` */
const coarseSubquery: PromqlMistake = {
  isIn: ({ query }) => [...nodesOf(query)].some((node) => node.kind === 'subquery' && (node.step ?? 60_000) > 15_000),
  look: 'the step of the subquery: without one it evaluates once a minute, and misses three scrapes of four',
}

export default definePromqlExercise({
  hints: [
    'rate is for counters. A gauge is already the number that you want, at one moment.',
    'max_over_time(…[10m]) looks at all samples of a series in ten minutes, and gives the largest.',
    'Its result has all labels of the series. max by (instance) (…) keeps one of them.',
  ],
  expected: 'one series for each server, with the label instance only: the longest delay of the last ten minutes',
  reference: 'max without (job) (-min_over_time((-nodejs_eventloop_lag_max_seconds)[10m:5s]))',
  shown: { instances: [stalling(1, { 310: 0.85, 600: 0.2 }), stalling(2, {})], minutes: 15 },
  hidden: [
    {
      when: 'when a stall is longer ago than ten minutes',
      instances: [stalling(1, { 200: 3, 700: 0.4 })],
      minutes: 15,
    },
    {
      when: 'when there were many short stalls, and one long one',
      instances: [stalling(3, { 330: 0.3, 400: 0.3, 500: 0.3, 652: 1.7, 790: 0.3 }), stalling(4, { 410: 0.09 })],
      minutes: 15,
    },
    {
      when: 'when a server that stalled has disappeared two minutes ago',
      instances: [stalling(1, {}), stalling(2, { 500: 0.6 }, { isTarget: (second) => second < 780 })],
      minutes: 15,
    },
    {
      when: 'when the loop is delayed right now',
      instances: [stalling(1, { 890: 0.5, 840: 0.25 }), stalling(2, { 700: 0.7 })],
      minutes: 15,
    },
  ],
  mistakes: [rateOfGauge, averageOverTime, coarseSubquery, currentValue, fixedValues('instance'), otherRange(10)],
  look: 'which metric it is, and what is made of its samples',
})
