import { useSignal } from '@preact/signals'
import type { MatrixItem, Point, QueryResult, VectorItem } from '../../wire.ts'
import { clock, count } from '../format.ts'
import { PLOT_COLOURS } from '../metrics/plot.ts'
import { SeriesName } from './labels.tsx'
import { Sparkline } from './sparkline.tsx'
import { shortValue, toNumber } from './values.ts'

/** Rows at first. More are shown on request. */
const FEW = 100
/** More would freeze the page. */
const MOST = 2000

interface ResultTableProps {
  readonly data: QueryResult
  /** Whether the values are those of a graph, one a step, rather than samples. */
  readonly isRange: boolean
}

/** A result in numbers. */
export function ResultTable({ data, isRange }: ResultTableProps) {
  switch (data.resultType) {
    case 'scalar':
    case 'string':
      return (
        <p class="single-value">
          <output>{data.resultType === 'scalar' ? shortValue(data.result[1]) : data.result[1]}</output>{' '}
          <small>{data.resultType}</small>
        </p>
      )
    case 'vector':
      return <VectorTable series={data.result} />
    case 'matrix':
      return isRange ? <RangeTable series={data.result} /> : <SamplesTable series={data.result} />
  }
}

export function VectorTable({ series }: { readonly series: readonly VectorItem[] }) {
  const rows = useRows(series)
  return (
    <>
      <div class="table-box">
        <table class="result-table">
          <caption class="visually-hidden">Series and their values</caption>
          <thead>
            <tr>
              <th scope="col">series</th>
              <th scope="col" class="number">
                value
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.shown.map(({ metric, value }) => (
              <tr key={JSON.stringify(metric)}>
                <th scope="row">
                  <SeriesName metric={metric} />
                </th>
                <td class="number" title={value[1]}>
                  {shortValue(value[1])}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.more}
    </>
  )
}

function RangeTable({ series }: { readonly series: readonly MatrixItem[] }) {
  const rows = useRows(series)
  return (
    <>
      <div class="table-box">
        <table class="result-table">
          <caption class="visually-hidden">Series, with their last, lowest and highest values</caption>
          <thead>
            <tr>
              <th scope="col">series</th>
              {['last', 'lowest', 'highest'].map((heading) => (
                <th key={heading} scope="col" class="number">
                  {heading}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.shown.map(({ metric, values }, index) => {
              const numbers = values.map(([, value]) => toNumber(value)).filter((value) => !Number.isNaN(value))
              return (
                <tr key={JSON.stringify(metric)}>
                  <th scope="row">
                    <span
                      class={index < PLOT_COLOURS ? 'plot-swatch' : 'plot-swatch dashed'}
                      data-plot={index % PLOT_COLOURS}
                      aria-hidden="true"
                    />{' '}
                    <SeriesName metric={metric} />
                  </th>
                  <td class="number">{shortValue(values.at(-1)?.[1])}</td>
                  <td class="number">{shortValue(least(numbers))}</td>
                  <td class="number">{shortValue(most(numbers))}</td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
      {rows.more}
    </>
  )
}

/** A range vector: samples with their own times. */
export function SamplesTable({ series }: { readonly series: readonly MatrixItem[] }) {
  const rows = useRows(series)
  return (
    <>
      <div class="table-box">
        <table class="result-table samples-table">
          <caption class="visually-hidden">Series and their samples</caption>
          <thead>
            <tr>
              <th scope="col">series</th>
              <th scope="col">samples</th>
            </tr>
          </thead>
          <tbody>
            {rows.shown.map(({ metric, values }) => (
              <tr key={JSON.stringify(metric)}>
                <th scope="row">
                  <SeriesName metric={metric} />
                </th>
                <td>
                  <Samples values={values} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.more}
    </>
  )
}

function Samples({ values }: { readonly values: readonly Point[] }) {
  const [first] = values
  const last = values.at(-1)
  if (first === undefined || last === undefined) return null
  return (
    <details class="samples">
      <summary>
        <Sparkline values={values.map(([, value]) => toNumber(value))} />
        {count(values.length, 'sample')}: {shortValue(first[1])} <span aria-hidden="true">→</span>
        <span class="visually-hidden">to</span> {shortValue(last[1])}
      </summary>
      <ol>
        {values.map(([time, value]) => (
          <li key={time}>
            <time>{clock(time * 1000)}</time> {shortValue(value)}
          </li>
        ))}
      </ol>
    </details>
  )
}

function useRows<T>(all: readonly T[]) {
  const isAll = useSignal(false)
  const limit = isAll.value ? MOST : FEW
  const more =
    all.length <= limit ? null : (
      <p class="hint">
        {limit.toLocaleString('en')} of {count(all.length, 'series', 'series')}{' '}
        {!isAll.value && (
          <button
            type="button"
            class="quiet"
            onClick={() => {
              isAll.value = true
            }}
          >
            Show {all.length > MOST ? MOST.toLocaleString('en') : 'all'}
          </button>
        )}
      </p>
    )
  return { shown: all.slice(0, limit), more }
}

function least(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((a, b) => Math.min(a, b))
}

function most(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((a, b) => Math.max(a, b))
}
