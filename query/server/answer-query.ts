/** What queries give, in the words of the HTTP API: https://prometheus.io/docs/prometheus/latest/querying/api/ */
import type { Answer, Result, ResultSeries, Sample } from '../promql/engine.ts'
import { formatValue } from '../promql/format-number.ts'

/** A `data` of the API, and what was remarked beside it. */
export interface QueryData {
  readonly data: { readonly resultType: string; readonly result: unknown }
  readonly warnings: readonly string[]
  readonly infos: readonly string[]
}

/** Puts an answer of the engine into the words of the API. */
export function toQueryData({ result, warnings, infos }: Answer): QueryData {
  return { data: { resultType: result.type, result: resultOf(result) }, warnings, infos }
}

function resultOf(result: Result): unknown {
  switch (result.type) {
    case 'scalar':
      return pointOf(result.sample)
    case 'string':
      return [result.time / 1000, result.text]
    case 'vector':
      return result.series.map(({ labels, samples: [sample] }) => ({
        metric: labels.toRecord(),
        value: pointOf(sample as Sample),
      }))
    case 'matrix':
      return result.series.map(seriesOf)
  }
}

function seriesOf({ labels, samples }: ResultSeries): unknown {
  return { metric: labels.toRecord(), values: samples.map(pointOf) }
}

function pointOf([time, value]: Sample): [number, string] {
  return [time / 1000, formatValue(value)]
}
