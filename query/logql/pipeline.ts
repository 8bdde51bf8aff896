import type { LineSource } from '../lines/line.ts'
import type { Budget } from '../promql/budget.ts'
import { Labels } from '../series/labels.ts'
import type { Grouping, LogExpression, RangeAggregation } from './expression.ts'
import { ERROR, LineLabels, PRESERVED_ERROR } from './line-labels.ts'
import { hintsFor, noHints } from './parser-hints.ts'
import { labelFilter, type RunnableStage, runnable } from './stages.ts'
import { parseBytes, parseFloat64, parseGoDuration } from './units.ts'

/** From when to when, in nanoseconds. */
export interface Period {
  readonly start: bigint
  readonly end: bigint
}

/** A line that went through all stages. */
export interface FoundLine {
  readonly time: bigint
  readonly text: string
  /** All labels, those of its stream and of the line. An empty one is not the same as none here. */
  readonly labels: ReadonlyMap<string, string>
}

/** The values that were taken from lines, by their labels. */
export interface LineSeries {
  readonly labels: Labels
  readonly times: bigint[]
  readonly values: number[]
}

/** The lines of a period, its end excluded, in no particular order. */
export function findLines(
  source: LineSource,
  { matchers, stages }: LogExpression,
  { start, end }: Period,
  budget: Budget,
): FoundLine[] {
  const pipeline = stages.map(runnable)
  const found: FoundLine[] = []
  for (const { labels: stream, lines } of source.select(matchers)) {
    for (const { time, text, metadata } of inPeriod(lines, start, end, budget)) {
      const labels = new LineLabels(stream, metadata, noHints())
      const shown = runAll(pipeline, text, labels)
      if (shown !== undefined) found.push({ time, text: shown, labels: labels.all() })
    }
  }
  return found
}

/**
 * The values that a range aggregation has of a period, its start excluded and its end included.
 *
 * @param override the grouping of a `sum` around it, which needs no other labels
 */
export function extractSeries(
  source: LineSource,
  aggregation: RangeAggregation,
  override: Grouping | undefined,
  { start, end }: Period,
  budget: Budget,
): LineSeries[] {
  const extractor = new Extractor(aggregation, override)
  const series = new Map<string, LineSeries>()
  for (const { labels: stream, lines } of source.select(aggregation.log.matchers)) {
    for (const { time, text, metadata } of inPeriod(lines, start + 1n, end + 1n, budget)) {
      const sample = extractor.extract(stream, text, metadata)
      if (sample === undefined) continue
      const known = series.get(sample.labels.key) ?? { labels: sample.labels, times: [], values: [] }
      series.set(sample.labels.key, known)
      known.times.push(time)
      known.values.push(sample.value)
    }
  }
  return [...series.values()].map(inOrder)
}

class Extractor {
  readonly #aggregation: RangeAggregation
  readonly #stages: readonly RunnableStage[]
  readonly #filters: readonly RunnableStage[]
  readonly #grouping: Grouping
  readonly #noLabels: boolean
  readonly #hints: ReturnType<typeof hintsFor>

  constructor(aggregation: RangeAggregation, override: Grouping | undefined) {
    this.#aggregation = aggregation
    this.#stages = aggregation.log.stages.map(runnable)
    this.#filters = (aggregation.unwrap?.filters ?? []).map(labelFilter)
    const wanted = override ?? aggregation.grouping
    const isSingle = wanted !== undefined && wanted.labels.length === 0 && !wanted.without
    this.#noLabels = isSingle || aggregation.operation === 'absent_over_time'
    const label = aggregation.unwrap?.label
    const labels = wanted?.labels ?? []
    const isUnwrapped = label !== undefined && (labels.length === 0 || wanted?.without === true)
    this.#grouping = isUnwrapped
      ? { labels: [...labels, label], without: true }
      : { labels, without: wanted?.without === true }
    const all = [...this.#stages, ...this.#filters]
    this.#hints = hintsFor(
      all.flatMap(({ uses }) => uses),
      this.#grouping,
      this.#noLabels,
      label ?? '',
      all.flatMap(({ early }) => (early === undefined ? [] : [early])),
    )
  }

  /** @returns undefined for a line that is filtered out, or has no such label */
  extract(stream: Labels, text: string, metadata: Labels): { labels: Labels; value: number } | undefined {
    const labels = new LineLabels(stream, metadata, this.#hints())
    const line = runAll(this.#stages, text, labels)
    if (line === undefined) return undefined
    const { unwrap, operation } = this.#aggregation
    if (unwrap === undefined) {
      const value = operation.startsWith('bytes_') ? Buffer.byteLength(line) : 1
      return { labels: this.#group(labels), value }
    }
    const written = labels.get(unwrap.label) ?? ''
    if (written === '') return undefined
    const value = convert(unwrap.conversion, written, labels)
    if (runAll(this.#filters, line, labels) === undefined) return undefined
    return { labels: this.#group(labels), value }
  }

  #group(labels: LineLabels): Labels {
    const all = Labels.from(labels.all())
    // An error must not get lost by grouping.
    if (labels.hasError) return all
    if (this.#noLabels) return all.only(new Set())
    const { labels: names, without } = this.#grouping
    if (names.length === 0) return all
    return without ? all.without(new Set(names)) : all.only(new Set(names))
  }
}

/** The number that `unwrap` takes from a text; 0 and an error among the labels when it is none. */
export function convert(conversion: 'number' | 'duration' | 'bytes', text: string, labels: LineLabels): number {
  try {
    if (conversion === 'bytes') return parseBytes(text)
    return conversion === 'duration' ? parseGoDuration(text) / 1e9 : parseFloat64(text)
  } catch (error) {
    labels.setError('SampleExtractionErr', (error as Error).message)
    return 0
  }
}

/** Whether a series consists of lines with an error that no filter asked for. */
export function hasUnwantedError(labels: Labels): boolean {
  return labels.get(ERROR) !== '' && labels.get(PRESERVED_ERROR) === ''
}

function runAll(stages: readonly RunnableStage[], text: string, labels: LineLabels): string | undefined {
  let line: string | undefined = text
  for (const stage of stages) {
    line = stage.run(line, labels)
    if (line === undefined) return undefined
  }
  return line
}

/** The lines of a stream from `start` to `end`, which is excluded. */
export function* inPeriod<T extends { readonly time: bigint }>(
  lines: readonly T[],
  start: bigint,
  end: bigint,
  budget: Budget,
) {
  const from = firstAt(lines, start)
  const to = firstAt(lines, end)
  budget.spend(to - from)
  for (let i = from; i < to; i++) {
    budget.checkTime() // a template may take long for a single line
    yield lines[i] as T
  }
}

function firstAt(lines: readonly { readonly time: bigint }[], time: bigint): number {
  let low = 0
  let high = lines.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((lines[middle] as { time: bigint }).time < time) low = middle + 1
    else high = middle
  }
  return low
}

function inOrder(series: LineSeries): LineSeries {
  const { labels, times, values } = series
  if (times.every((time, i) => i === 0 || (times[i - 1] as bigint) <= time)) return series
  const order = times.map((_, i) => i).sort((a, b) => ((times[a] as bigint) < (times[b] as bigint) ? -1 : 1))
  return { labels, times: order.map((i) => times[i] as bigint), values: order.map((i) => values[i] as number) }
}
