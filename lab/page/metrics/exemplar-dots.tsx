import type { Exemplar } from '../../wire.ts'
import { clock, duration } from '../format.ts'
import { addresses } from '../location.ts'

export interface Dot {
  readonly exemplar: Exemplar
  /** Pixels from the chart's corner. */
  readonly left: number
  readonly top: number
}

/** Exemplars, each a link to its trace. The list below the chart has the same links for the keyboard. */
export function ExemplarDots({ dots }: { readonly dots: readonly Dot[] }) {
  return dots.map(({ exemplar, left, top }) => (
    <a
      key={exemplar.trace_id + exemplar.span_id}
      class="exemplar-dot"
      href={addresses.trace(exemplar.trace_id)}
      tabIndex={-1}
      title={`${exemplar.method} ${exemplar.route} ${exemplar.status}, ${duration(exemplar.value * 1000)}: open its trace`}
      style={{ left: `${left}px`, top: `${top}px` }}
    >
      <span class="visually-hidden">Open its trace</span>
    </a>
  ))
}

/** The slowest exemplars. */
export function ExemplarList({ exemplars }: { readonly exemplars: readonly Exemplar[] }) {
  if (exemplars.length === 0) return null
  const slowest = exemplars.toSorted((a, b) => b.value - a.value).slice(0, 5)
  return (
    <div class="exemplar-list">
      <h4>
        Exemplars <small>single requests behind the percentiles, slowest first</small>
      </h4>
      <ul>
        {slowest.map(({ trace_id, span_id, time, value, method, route, status }) => (
          <li key={trace_id + span_id}>
            <a href={addresses.trace(trace_id)}>
              {duration(value * 1000)} {method} {route} {status}
            </a>{' '}
            <small>{clock(time)}</small>
          </li>
        ))}
      </ul>
    </div>
  )
}
