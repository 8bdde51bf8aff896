import { stripVTControlCharacters } from 'node:util'
import { quote } from '../../query/quote.ts'
import type { Answer, LabelSet, Point } from './answer.ts'
import { curve } from './curve.ts'
import { formatValue, toNumber } from './sample-value.ts'
import { type Column, table, widthOfTable } from './table.ts'

/** How an answer is printed. */
export interface Layout {
  /** Characters that a line of the terminal has. */
  readonly width: number
  /** Most rows. */
  readonly limit: number
}

/** An answer as lines of text: a table of series, or log lines. */
export function describeAnswer({ data, warnings, infos, reasons }: Answer, layout: Layout): string {
  return [
    ...describeData(data, layout),
    ...reasons,
    ...warnings.map((text) => `warning: ${text}`),
    ...infos.map((text) => `info: ${text}`),
  ].join('\n')
}

function describeData(data: Answer['data'], layout: Layout): string[] {
  switch (data.resultType) {
    case 'scalar':
      return [formatValue(data.result[1])]
    case 'string':
      return [plain(data.result[1])]
    case 'vector':
      return describeVector(data.result, layout)
    case 'matrix':
      return describeMatrix(data.result, layout)
    case 'streams':
      return describeStreams(data.result, layout)
  }
}

const EMPTY = 'The answer is empty: no series fits.'

function describeVector(series: Extract<Answer['data'], { resultType: 'vector' }>['result'], layout: Layout): string[] {
  if (series.length === 0) return [EMPTY]
  const shown = series.slice(0, layout.limit)
  const values = { title: 'value', cells: shown.map(({ value }) => formatValue(value[1])), isRight: true }
  return [
    ...labelled(
      shown.map(({ metric }) => metric),
      [values],
      layout,
    ),
    ...andMore(series.length - shown.length, 'series'),
  ]
}

function describeMatrix(series: Extract<Answer['data'], { resultType: 'matrix' }>['result'], layout: Layout): string[] {
  if (series.length === 0) return [EMPTY]
  const shown = series.slice(0, layout.limit)
  const times = regularTimes(series.flatMap(({ values }) => values.map(([time]) => time)))
  const column = (title: string, choose: (values: readonly Point[]) => string): Column => ({
    title,
    cells: shown.map(({ values }) => formatValue(choose(values))),
    isRight: true,
  })
  const numbers = [
    column('first', (values) => (values[0] as Point)[1]),
    column('last', (values) => (values.at(-1) as Point)[1]),
    column('min', (values) => extreme(values, Math.min)),
    column('max', (values) => extreme(values, Math.max)),
  ]
  const curves = { title: '', cells: shown.map(({ values }) => curve(values, times)) }
  return [
    ...labelled(
      shown.map(({ metric }) => metric),
      [...numbers, curves],
      layout,
    ),
    ...andMore(series.length - shown.length, 'series'),
    `From ${clock(times[0] as number)} to ${clock(times.at(-1) as number)}, in UTC.`,
  ]
}

/** Of all values that are numbers. */
function extreme(values: readonly Point[], choose: (...numbers: number[]) => number): string {
  const numbers = values.map(([, value]) => toNumber(value)).filter((value) => !Number.isNaN(value))
  if (numbers.length === 0) return 'NaN'
  const found = choose(...numbers)
  return values.find(([, value]) => toNumber(value) === found)?.[1] as string
}

/** All moments from the first to the last, so that gaps can be seen. */
function regularTimes(times: readonly number[]): number[] {
  const sorted = [...new Set(times)].sort((a, b) => a - b)
  const steps = sorted.slice(1).map((time, i) => time - (sorted[i] as number))
  const [first, step] = [sorted[0] as number, Math.min(...steps)]
  const count = steps.length === 0 ? 1 : Math.round(((sorted.at(-1) as number) - first) / step) + 1
  const isRegular =
    count <= 11_001 &&
    sorted.every((time) => Math.abs((time - first) / step - Math.round((time - first) / step)) < 1e-3)
  if (!isRegular || steps.length === 0) return sorted
  const known = new Map(sorted.map((time) => [Math.round((time - first) / step), time]))
  return Array.from({ length: count }, (_, i) => known.get(i) ?? first + i * step)
}

/**
 * The labels of series beside what is told of each: a column for each label, or all in one where that is too wide.
 * Labels that all series share are told once, above.
 */
function labelled(series: readonly LabelSet[], columns: readonly Column[], { width }: Layout): string[] {
  const common = commonLabels(series)
  const rest = series.map((labels) => withoutLabels(labels, common))
  const above = Object.keys(common).length === 0 ? [] : [`All have ${nameOf(common)}`, '']
  const names = [...new Set(rest.flatMap((labels) => Object.keys(labels)))].sort(byName)
  const split = names.map((name) => ({
    title: name === '__name__' ? 'metric' : plain(name),
    cells: rest.map((labels) => plain(labels[name] ?? '')),
  }))
  const isNarrow = widthOfTable([...split, ...columns]) <= width
  const together = { title: 'series', cells: rest.map(nameOf) }
  return [
    ...above,
    ...table(names.length === 0 ? [together, ...columns] : isNarrow ? [...split, ...columns] : [together, ...columns]),
  ]
}

/** The name of a metric comes first. */
function byName(a: string, b: string): number {
  if (a === b) return 0
  if (a === '__name__' || b === '__name__') return a === '__name__' ? -1 : 1
  return a < b ? -1 : 1
}

function commonLabels(series: readonly LabelSet[]): LabelSet {
  const [first = {}] = series
  if (series.length < 2) return {}
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => series.every((labels) => labels[name] === value)),
  )
}

function withoutLabels(labels: LabelSet, left: LabelSet): LabelSet {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !(name in left)))
}

/** As it is written in a query: `up{job="app"}`. */
function nameOf({ __name__ = '', ...labels }: LabelSet): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${quote(value)}`)
  return `${__name__}${pairs.length === 0 && __name__ !== '' ? '' : `{${pairs.join(', ')}}`}`
}

function describeStreams(
  streams: Extract<Answer['data'], { resultType: 'streams' }>['result'],
  { limit }: Layout,
): string[] {
  const lines = streams
    .flatMap(({ stream, values }) => values.map(([time, line]) => ({ labels: stream, time: BigInt(time), line })))
    .sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))
    .slice(-limit)
  if (lines.length === 0) return ['The answer is empty: no line fits.']
  const told = lines.map(({ labels, line }) => notInLine(labels, line))
  const common = commonLabels(told)
  return [
    ...(Object.keys(common).length === 0 ? [] : [`All have ${nameOf(common)}`, '']),
    ...lines.map(({ time, line }, i) => {
      const labels = withoutLabels(told[i] as LabelSet, common)
      const brief = Object.keys(labels).length === 0 ? '' : `${nameOf(labels)} `
      return `${new Date(Number(time / 1_000_000n)).toISOString().slice(11, 23)} ${brief}${plain(line)}`
    }),
    `${lines.length === limit ? `${limit === 1 ? 'The newest line' : `The ${limit} newest lines`}; --limit shows more.` : `${lines.length} ${lines.length === 1 ? 'line' : 'lines'}.`} Times are UTC.`,
  ]
}

/** The labels that the line itself does not show. What a parser took from it is in it. */
function notInLine(labels: LabelSet, line: string): LabelSet {
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== '' && !line.includes(value)))
}

function andMore(count: number, noun: string): string[] {
  return count > 0 ? [`… and ${count} more ${noun}; --limit shows more`] : []
}

/** What callers sent may be in labels and lines. It must not move the cursor. */
function plain(text: string): string {
  return stripVTControlCharacters(text).replace(/\p{Cc}/gu, (character) => (character === '\n' ? '↵' : ' '))
}

/** 17:15:30 */
function clock(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(11, 19)
}
