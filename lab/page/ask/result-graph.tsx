import { useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import type { Exemplar, MatrixItem } from '../../wire.ts'
import { count } from '../format.ts'
import { Chart } from '../metrics/chart.tsx'
import type { Line } from '../metrics/charts.ts'
import { ExemplarList } from '../metrics/exemplar-dots.tsx'
import { type PlotOptions, plotOptions } from '../metrics/plot.ts'
import { has } from '../server/server-state.ts'
import { seriesText } from './labels.tsx'
import { type Answer, findExemplars } from './query-api.ts'
import { shortValue, toNumber } from './values.ts'

/** More lines cannot be told apart. */
const MOST_LINES = 40
/** More dots would overlap. */
const MOST_DOTS = 40
const NONE: readonly Exemplar[] = []

/** Any numbers, also negative ones. Zero is on the scale if it is near. */
const optionsFor: PlotOptions = (labels, width, range) => plotOptions(labels, width, range, scale, shortValue)

function scale(min: number | null, max: number | null): [number, number] {
  const [low, high] = [min ?? 0, max ?? 1]
  const from = low > 0 && low < 0.7 * high ? 0 : low
  const room = (high - from || Math.abs(high) || 1) * 0.12
  return [from === 0 ? 0 : from - room, high + room]
}

/** A range query as lines. Screen readers skip it: the table below has the same data. */
export function ResultGraph({ answer }: { readonly answer: Answer }) {
  const series = answer.data.resultType === 'matrix' ? answer.data.result : []
  const { lines, times } = useMemo(() => toLines(series.slice(0, MOST_LINES)), [series])
  const exemplars = useExemplars(answer)
  return (
    <figure class="result-graph panel">
      <Chart
        optionsFor={optionsFor}
        lines={lines}
        times={times}
        range={[answer.start, answer.end]}
        exemplars={exemplars}
      />
      {series.length > MOST_LINES && (
        <figcaption class="hint">
          The first {MOST_LINES} of {count(series.length, 'series', 'series')}
        </figcaption>
      )}
      <ExemplarList exemplars={exemplars} />
    </figure>
  )
}

/** All lines have the same times, with gaps where a series has no value. */
function toLines(series: readonly MatrixItem[]): {
  readonly lines: readonly Line[]
  readonly times: readonly number[]
} {
  const times = [...new Set(series.flatMap(({ values }) => values.map(([time]) => time)))].sort((a, b) => a - b)
  const lines = series.map(({ metric, values }): Line => {
    const known = new Map(values.map(([time, value]) => [time, toNumber(value)]))
    return { label: seriesText(metric), values: times.map((time) => finite(known.get(time))) }
  })
  return { lines, times }
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null
}

/** Single requests behind percentiles. On any other graph, their durations would be in another unit than the lines. */
function useExemplars(answer: Answer): readonly Exemplar[] {
  const found = useSignal(NONE)
  const { language, query } = answer.question
  const isWanted = has('exemplars') && language === 'promql' && /^\s*histogram_quantile\b/.test(query)
  useEffect(() => {
    if (!isWanted) {
      found.value = NONE
      return
    }
    let isLate = false
    findExemplars(answer).then(
      (all) => {
        if (!isLate) found.value = all.slice(-MOST_DOTS)
      },
      () => {
        // The graph is complete without them.
      },
    )
    return () => {
      isLate = true
    }
  }, [answer, isWanted])
  return found.value
}
