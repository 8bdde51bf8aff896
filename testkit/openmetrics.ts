/**
 * A strict parser of `/metrics` that follows the two specifications:
 * https://prometheus.io/docs/instrumenting/exposition_formats/ (text format 0.0.4)
 * https://prometheus.io/docs/specs/om/open_metrics_spec/ (OpenMetrics 1.0)
 * Anything that a lenient scraper would ignore is an error here.
 */
import { checkFamily } from './metric-consistency.ts'
import {
  type Exemplar,
  endingsOf,
  type Family,
  type Format,
  type Labels,
  type Sample,
  toNumber,
} from './metric-family.ts'

/** The result of a scrape. A sample matches the labels given to a method if it has all of them; it may have more. */
export class Exposition {
  constructor(readonly families: ReadonlyMap<string, Family>) {}

  /** All samples of that name, suffix included. */
  samples(name: string, labels: Labels = {}): Sample[] {
    const wanted = Object.entries(labels)
    return [...this.families.values()]
      .flatMap((family) => family.samples)
      .filter((sample) => sample.name === name && wanted.every(([label, value]) => sample.labels[label] === value))
  }

  /**
   * The value of the only matching sample; undefined when there is none.
   *
   * @throws when several match.
   */
  value(name: string, labels: Labels = {}): number | undefined {
    const found = this.samples(name, labels)
    if (found.length > 1) throw new Error(`${found.length} samples fit ${name}${JSON.stringify(labels)}`)
    return found[0]?.value
  }

  /** The sum over all matching samples; 0 when there is none. */
  total(name: string, labels: Labels = {}): number {
    return this.samples(name, labels).reduce((sum, sample) => sum + sample.value, 0)
  }
}

/** The format of a `Content-Type`. */
export function formatOf(contentType: string | undefined): Format {
  if (contentType?.startsWith('application/openmetrics-text; version=1.0.0; charset=utf-8')) return 'openmetrics'
  if (/^text\/plain; ?version=0\.0\.4(; ?charset=utf-8)?$/.test(contentType ?? '')) return 'prometheus'
  throw new Error(`not a content type of metrics: ${contentType}`)
}

/** @throws an error that names the first line which breaks the format, or the family that contradicts itself. */
export function parseMetrics(text: string, format: Format): Exposition {
  const parser = new Parser(format)
  const lines = linesOf(text, format)
  lines.forEach((line, index) => {
    try {
      parser.line(line)
    } catch (error) {
      throw new Error(`line ${index + 1}: ${(error as Error).message}: ${line}`)
    }
  })
  for (const family of parser.families.values()) {
    family.type ||= format === 'openmetrics' ? 'unknown' : 'untyped'
    checkFamily(family, format)
  }
  return new Exposition(parser.families)
}

function linesOf(text: string, format: Format): string[] {
  if (!text.endsWith('\n')) throw new Error(`the last line has no newline: ${text.slice(-80)}`)
  const lines = text.slice(0, -1).split('\n')
  if (format === 'openmetrics' && lines.pop() !== '# EOF') throw new Error('the last line is not "# EOF"')
  return lines
}

const metricName = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/
const types: Record<Format, readonly string[]> = {
  prometheus: ['counter', 'gauge', 'histogram', 'summary', 'untyped'],
  openmetrics: ['counter', 'gauge', 'histogram', 'gaugehistogram', 'summary', 'stateset', 'info', 'unknown'],
}

class Parser {
  readonly families = new Map<string, Family>()
  #current: Family | undefined

  constructor(readonly format: Format) {}

  line(line: string): void {
    if (line.startsWith('#')) this.#comment(line)
    else if (line.trim() !== '') this.#sample(line)
    else if (this.format === 'openmetrics') throw new Error('an empty line')
  }

  #comment(line: string): void {
    const [, keyword, name, rest] = /^# (HELP|TYPE|UNIT) (\S+)(?: (.*))?$/.exec(line) ?? []
    if (keyword === undefined || name === undefined || (keyword === 'UNIT' && this.format === 'prometheus')) {
      if (this.format === 'openmetrics') throw new Error('neither HELP, TYPE nor UNIT')
      if (/^#\s*(HELP|TYPE)\b/.test(line)) throw new Error('a malformed HELP or TYPE')
      return
    }
    const family = this.#open(name)
    if (family.samples.length > 0) throw new Error(`${keyword} after the samples`)
    if (keyword === 'TYPE') this.#type(family, rest ?? '')
    else if (keyword === 'HELP') this.#help(family, rest ?? '')
    else this.#unit(family, rest ?? '')
  }

  #type(family: Family, type: string): void {
    if (!types[this.format].includes(type)) throw new Error('an unknown type')
    if (family.type !== '') throw new Error('a second TYPE')
    family.type = type
  }

  #help(family: Family, help: string): void {
    if (family.help !== undefined) throw new Error('a second HELP')
    family.help = unescaped(help, this.format === 'openmetrics' ? '\\n"' : '\\n')
  }

  #unit(family: Family, unit: string): void {
    if (family.unit !== undefined) throw new Error('a second UNIT')
    if (unit !== '' && !family.name.endsWith(`_${unit}`)) throw new Error('the name does not end in its unit')
    family.unit = unit
  }

  /** Continues the current family or starts a new one. A family must not be resumed later. */
  #open(name: string): Family {
    if (this.#current?.name === name) return this.#current
    if (!metricName.test(name)) throw new Error('a malformed metric name')
    if (this.families.has(name)) throw new Error('lines of one family must stand together')
    this.#current = { name, type: '', help: undefined, unit: undefined, samples: [] }
    this.families.set(name, this.#current)
    return this.#current
  }

  #sample(line: string): void {
    const cursor = new Cursor(line)
    const name = cursor.take(/[a-zA-Z_:][a-zA-Z0-9_:]*/y, 'a metric name')
    if (this.format === 'prometheus') cursor.optional(/[ \t]+(?=\{)/y)
    const labels = cursor.peek('{') ? readLabels(cursor, this.format) : {}
    cursor.take(this.format === 'openmetrics' ? / /y : /[ \t]+/y, 'a space')
    const value = toNumber(cursor.take(/[^ \t]+/y, 'a value'))
    const timestamp = this.#timestamp(cursor)
    const exemplar = this.format === 'openmetrics' && !cursor.done ? readExemplar(cursor) : undefined
    if (!cursor.done) throw new Error('something after the sample')
    const family = this.#familyOf(name)
    family.samples.push({ name, labels, value, timestamp, exemplar })
  }

  /** 0.0.4 has whole milliseconds, OpenMetrics has seconds. */
  #timestamp(cursor: Cursor): number | undefined {
    if (this.format === 'openmetrics') return readTimestamp(cursor)
    const written = cursor.optional(/[ \t]+(-?\d+)/y)
    cursor.optional(/[ \t]+/y)
    return written === undefined ? undefined : Number(written) / 1000
  }

  #familyOf(sample: string): Family {
    const current = this.#current
    if (current !== undefined && endingsOf(current, this.format).some((end) => current.name + end === sample))
      return current
    return this.#open(sample)
  }
}

class Cursor {
  #at = 0

  constructor(readonly line: string) {}

  get done(): boolean {
    return this.#at === this.line.length
  }

  peek(text: string): boolean {
    return this.line.startsWith(text, this.#at)
  }

  /** Returns the match of the sticky pattern at this position: its first group, or all of it. */
  optional(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.line)
    if (match !== null) this.#at = pattern.lastIndex
    return match?.[1] ?? match?.[0]
  }

  take(pattern: RegExp, what: string): string {
    const found = this.optional(pattern)
    if (found === undefined) throw new Error(`${what} is missing at column ${this.#at + 1}`)
    return found
  }
}

function readLabels(cursor: Cursor, format: Format): Labels {
  const labels: Record<string, string> = {}
  const gap = format === 'prometheus' ? /[ \t]*/y : /(?:)/y
  cursor.take(/\{/y, 'a brace')
  cursor.optional(gap)
  while (!cursor.peek('}')) {
    const name = cursor.take(/[a-zA-Z_][a-zA-Z0-9_]*/y, 'a label name')
    cursor.optional(gap)
    cursor.take(/=/y, 'an equals sign')
    cursor.optional(gap)
    const value = cursor.take(/"((?:[^"\\]|\\.)*)"/y, 'a quoted label value')
    if (name in labels) throw new Error(`the label ${name} comes twice`)
    labels[name] = unescaped(value, '\\n"')
    cursor.optional(gap)
    if (cursor.peek('}')) break
    cursor.take(/,/y, 'a comma')
    cursor.optional(gap)
    if (format === 'openmetrics' && cursor.peek('}')) throw new Error('a comma after the last label')
  }
  cursor.take(/\}/y, 'a closing brace')
  return labels
}

function readTimestamp(cursor: Cursor): number | undefined {
  const written = cursor.optional(/ ([^ #]+)/y)
  return written === undefined ? undefined : toNumber(written)
}

function readExemplar(cursor: Cursor): Exemplar {
  cursor.take(/ # (?=\{)/y, 'an exemplar')
  const labels = readLabels(cursor, 'openmetrics')
  if ([...Object.entries(labels).flat().join('')].length > 128) throw new Error('an exemplar of over 128 characters')
  const value = toNumber(cursor.take(/ ([^ ]+)/y, "the exemplar's value"))
  return { labels, value, timestamp: readTimestamp(cursor) }
}

function unescaped(text: string, known: string): string {
  return text.replace(/\\(.?)/gsu, (sequence, letter: string) => {
    if (letter === '' || !known.includes(letter)) throw new Error(`the escape ${sequence} is unknown`)
    return letter === 'n' ? '\n' : letter
  })
}
