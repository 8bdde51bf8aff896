import type { Expression } from '../../../query/promql/expression.ts'
import type { PromqlMistake } from './promql-mistakes.ts'
import { aggregationsOf, callsOf, has, selectorsOf } from './promql-nodes.ts'

/** `avg(histogram_quantile(…))` */
export const averagedQuantiles: PromqlMistake = {
  isIn: ({ query }) =>
    aggregationsOf(query, ['avg', 'sum', 'max', 'min', 'quantile']).some((one) =>
      has(callsOf(one.expression, ['histogram_quantile'])),
    ),
  look: 'what is put together: percentiles cannot be averaged, because a server with ten requests would count as much as one with a thousand; counts of requests can be added',
}

export const quantileWithoutLe: PromqlMistake = {
  isIn: ({ query }) =>
    callsOf(query, ['histogram_quantile']).some(({ args: [, buckets] }) =>
      aggregationsOf(buckets as Expression, ['sum', 'avg']).some(
        ({ grouping, without }) => grouping.includes('le') === without,
      ),
    ),
  look: 'the labels that your sum keeps: a bucket is told by its label le, and without it histogram_quantile sees no buckets',
}

/** `quantile(0.95, …)` over sums, counts or rates of series. */
export const quantileOfSeries: PromqlMistake = {
  isIn: ({ query }) => has(aggregationsOf(query, ['quantile'])) || has(callsOf(query, ['quantile_over_time'])),
  look: 'what the percentile is of: quantile sorts series, or moments, and the task asks about requests, which only the buckets count',
}

export const quantileWithoutBuckets: PromqlMistake = {
  isIn: ({ query }) =>
    callsOf(query, ['histogram_quantile']).some((call) =>
      selectorsOf(call).every(({ name }) => !name.endsWith('_bucket')),
    ),
  look: 'the metric: how many requests took how long is in the series of the histogram that have a label le, those with _bucket',
}

/** `_sum / _count` */
export const averageDuration: PromqlMistake = {
  isIn: ({ query }) => {
    const names = selectorsOf(query).map(({ name }) => name)
    return names.some((name) => name.endsWith('_sum')) && names.some((name) => name.endsWith('_count'))
  },
  look: 'sum divided by count: it is the average, and one slow request among a hundred hardly moves it',
}
