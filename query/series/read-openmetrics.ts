/**
 * Reads samples from OpenMetrics text in which each has a timestamp, as `promtool tsdb create-blocks-from openmetrics`
 * takes it: https://prometheus.io/docs/specs/om/open_metrics_spec/
 */
import { Labels } from './labels.ts'
import type { Metadata } from './series.ts'
import { SeriesStore } from './store.ts'

/** @throws with the number of the line that cannot be read. */
export function readOpenMetrics(text: string): SeriesStore {
  const reader = new Reader()
  let number = 0
  for (const line of lines(text)) {
    number++
    try {
      if (!reader.read(line)) return reader.store
    } catch (error) {
      throw new Error(`line ${number}: ${(error as Error).message}: ${line}`)
    }
  }
  throw new Error('the text does not end with "# EOF"')
}

function* lines(text: string): Generator<string> {
  let start = 0
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
    yield text.slice(start, end)
    start = end + 1
  }
  if (start < text.length) yield text.slice(start)
}

const UNKNOWN: Metadata = { type: 'unknown', help: '', unit: '' }

class Reader {
  readonly store = new SeriesStore()
  /** Most lines repeat the series of others. */
  readonly #labels = new Map<string, Labels>()

  /** @returns false behind the last line */
  read(line: string): boolean {
    if (line === '# EOF') return false
    if (line.startsWith('#')) this.#describe(line)
    else if (line !== '') this.#sample(line)
    return true
  }

  #describe(line: string): void {
    const [, keyword, family, rest = ''] = /^# (TYPE|HELP|UNIT) (\S+)(?: (.*))?$/.exec(line) ?? []
    if (keyword === undefined || family === undefined) throw new Error('neither TYPE, HELP nor UNIT')
    const known = this.store.metadata.get(family) ?? UNKNOWN
    const text = keyword === 'HELP' ? unescaped(rest) : rest
    this.store.describe(family, { ...known, [keyword.toLowerCase()]: text })
  }

  #sample(line: string): void {
    const end = endOfSeries(line)
    const labels = this.#labelsOf(line.slice(0, end))
    const [sample = '', exemplar] = line.slice(end).split(/ # (?=\{)/)
    const [, value, time] = /^ ([^ ]+)(?: ([^ ]+))?$/.exec(sample) ?? []
    if (value === undefined) throw new Error('a value is missing')
    if (time === undefined) throw new Error('a timestamp is missing')
    this.store.append(labels, milliseconds(time), toNumber(value))
    if (exemplar !== undefined) this.#exemplar(labels, exemplar, time)
  }

  #exemplar(series: Labels, text: string, sampleTime: string): void {
    const end = endOfSeries(text)
    const [, value, time = sampleTime] = /^ ([^ ]+)(?: ([^ ]+))?$/.exec(text.slice(end)) ?? []
    if (value === undefined) throw new Error("the exemplar's value is missing")
    const labels = readLabels(text.slice(0, end), false)
    this.store.appendExemplar(series, { labels, value: toNumber(value), time: milliseconds(time) })
  }

  #labelsOf(text: string): Labels {
    const known = this.#labels.get(text)
    if (known !== undefined) return known
    const labels = readLabels(text, true)
    this.#labels.set(text, labels)
    return labels
  }
}

/** Where the name and the labels end: at the first space outside of quotes and braces. */
function endOfSeries(line: string): number {
  const brace = line.indexOf('{')
  const space = line.indexOf(' ')
  if (brace === -1 || (space !== -1 && space < brace)) return space === -1 ? line.length : space
  let isQuoted = false
  for (let i = brace + 1; i < line.length; i++) {
    const character = line[i]
    if (character === '\\') i++
    else if (character === '"') isQuoted = !isQuoted
    else if (character === '}' && !isQuoted) return i + 1
  }
  throw new Error('a closing brace is missing')
}

const LABEL = /(?:([a-zA-Z_][a-zA-Z0-9_]*)|"((?:[^"\\]|\\.)*)")(?:="((?:[^"\\]|\\.)*)")?(?:,|$)/y

/** `name{label="value"}`, or `{"name",label="value"}` for a name that needs quotes. */
function readLabels(text: string, isSeries: boolean): Labels {
  const brace = text.indexOf('{')
  const name = brace === -1 ? text : text.slice(0, brace)
  if (name !== '' && !/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name)) throw new Error('a malformed metric name')
  const labels = new Map<string, string>(name === '' ? [] : [['__name__', name]])
  const inner = brace === -1 ? '' : text.slice(brace + 1, -1)
  LABEL.lastIndex = 0
  while (LABEL.lastIndex < inner.length) {
    const match = LABEL.exec(inner)
    if (match === null) throw new Error('malformed labels')
    const [, plain, quoted = '', value] = match
    const isName = value === undefined && plain === undefined
    if (value === undefined && !isName) throw new Error(`the label ${plain} has no value`)
    const label = isName ? '__name__' : (plain ?? unescaped(quoted))
    if (labels.has(label)) throw new Error(`the label ${label} comes twice`)
    labels.set(label, unescaped(value ?? quoted))
  }
  if (isSeries && !labels.has('__name__')) throw new Error('a metric name is missing')
  return Labels.from(labels)
}

function unescaped(text: string): string {
  return text.replace(/\\(["\\n])/g, (_, letter: string) => (letter === 'n' ? '\n' : letter))
}

/** Cut, not rounded, as Prometheus does it. */
function milliseconds(text: string): number {
  return Math.trunc(toNumber(text) * 1000)
}

function toNumber(text: string): number {
  if (/^[+-]?inf(?:inity)?$/i.test(text))
    return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  if (/^nan$/i.test(text)) return Number.NaN
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) throw new Error(`${text} is no number`)
  return Number(text)
}
