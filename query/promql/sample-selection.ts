/** Which series and which of their samples a selector means. */
import type { SampledSeries, SeriesSource } from '../series/series.ts'
import type { Budget } from './budget.ts'
import type { At, VectorSelector } from './expression.ts'
import { emptySeries, type StepSeries, type Steps, timeOf } from './value.ts'

/** What selectors depend on beside their text. */
export interface SelectionContext {
  readonly source: SeriesSource
  readonly budget: Budget
  /** For how long a sample is the value of its series, in milliseconds. */
  readonly lookback: number
  /** What `@ start()` and `@ end()` mean, in milliseconds. */
  readonly start: number
  readonly end: number
}

/** Which samples are the value of a series at a step: those up to one time and later than another. */
interface Reach {
  readonly latest: (step: number) => number
  readonly oldest: (step: number) => number
}

/** Reads samples for selectors; each set of matchers is looked up once. */
export class SampleSelection {
  readonly #context: SelectionContext
  readonly #selected = new Map<string, readonly SampledSeries[]>()

  constructor(context: SelectionContext) {
    this.#context = context
  }

  /** The value of each series at each step. */
  values(selector: VectorSelector, steps: Steps): StepSeries[] {
    return this.#instant(selector, steps, ({ values }) => values, this.#reach(selector, steps))
  }

  /**
   * When the samples that are the values were taken, in milliseconds. An offset beside an `@` does not move the moment
   * here, as in Prometheus: samples must be recent with and without it.
   */
  times(selector: VectorSelector, steps: Steps): StepSeries[] {
    const { at, offset } = selector
    const later = this.moment(at, Math.min(0, offset), steps)
    const earlier = this.moment(at, Math.max(0, offset), steps)
    const reach = at === undefined ? this.#reach(selector, steps) : { latest: earlier, oldest: this.#oldest(later) }
    return this.#instant(selector, steps, ({ times }) => times, reach)
  }

  /** All series that a selector matches. */
  select({ matchers }: VectorSelector): readonly SampledSeries[] {
    const key = matchers.join(',')
    const known = this.#selected.get(key)
    if (known !== undefined) return known
    const series = this.#context.source.select(matchers)
    this.#selected.set(key, series)
    return series
  }

  /** The moment that an offset and an `@` lead to at a step, in milliseconds. */
  moment(at: At | undefined, offset: number, steps: Steps): (step: number) => number {
    if (at === undefined) return (step) => timeOf(steps, step) - offset
    const moment = (at === 'start' ? this.#context.start : at === 'end' ? this.#context.end : at) - offset
    return () => moment
  }

  #reach({ at, offset }: VectorSelector, steps: Steps): Reach {
    const latest = this.moment(at, offset, steps)
    return { latest, oldest: this.#oldest(latest) }
  }

  #oldest(moment: (step: number) => number): (step: number) => number {
    return (step) => moment(step) - this.#context.lookback
  }

  /**
   * The latest sample of each series at each step, unless it is too old or the series has ended since.
   *
   * @param columnOf what is wanted of the sample: its value, or its time
   */
  #instant(
    selector: VectorSelector,
    steps: Steps,
    columnOf: (series: SampledSeries) => Float64Array,
    { latest, oldest }: Reach,
  ): StepSeries[] {
    const { budget } = this.#context
    const found: StepSeries[] = []
    for (const series of this.select(selector)) {
      budget.checkTime()
      budget.spend(steps.count)
      const { times, endedAt } = series
      const column = columnOf(series)
      let next = firstAfter(times, latest(0))
      const result = emptySeries(series.labels, steps)
      let count = 0
      for (let step = 0; step < steps.count; step++) {
        const now = latest(step)
        while (next < times.length && (times[next] as number) <= now) next++
        if (next === 0) continue
        const time = times[next - 1] as number
        if (time <= oldest(step) || hasEnded(endedAt, time, now)) continue
        result.values[step] = column[next - 1] as number
        result.present[step] = 1
        count++
      }
      if (count > 0) found.push(result)
    }
    return found
  }
}

/** The first index whose time is later. */
export function firstAfter(times: Float64Array, time: number): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((times[middle] as number) <= time) low = middle + 1
    else high = middle
  }
  return low
}

function hasEnded(endedAt: readonly number[] | undefined, since: number, now: number): boolean {
  return endedAt?.some((ended) => ended > since && ended <= now) === true
}
