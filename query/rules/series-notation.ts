/**
 * Series as unit tests of rules write them: `up{job="app"}` and `1 2 _ 0+10x5 stale`.
 * https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/#series
 */
import { unquote } from '../promql/literals.ts'
import { positionIn } from '../promql/position.ts'
import { quote } from '../quote.ts'
import { Labels } from '../series/labels.ts'
import { Unsupported } from '../unsupported.ts'

/** A value, `stale` for the end of the series, or undefined for no sample. */
export type SequenceValue = number | 'stale' | undefined

const MOST_VALUES = 10_000_000
const IDENTIFIER = /[a-zA-Z_:][\w:]*/y
const STRING = /"(?:[^"\\\n]|\\[^\n])*"|'(?:[^'\\\n]|\\[^\n])*'|`[^`]*`/y

/** @throws with the position of what is wrong */
export function parseMetric(text: string): Labels {
  const reader = new MetricReader(text)
  const labels = reader.read()
  reader.expectEnd()
  return labels
}

/**
 * A series and its values.
 *
 * @throws with the position of what is wrong. @throws {Unsupported} for histograms.
 */
export function parseSeries(text: string): { readonly labels: Labels; readonly values: SequenceValue[] } {
  const reader = new MetricReader(text)
  const labels = reader.read()
  return { labels, values: parseValues(text, reader.at) }
}

class MetricReader {
  at = 0

  constructor(readonly text: string) {}

  read(): Labels {
    const labels = new Map<string, string>()
    this.#skipSpace()
    const name = this.#match(IDENTIFIER)
    if (name !== undefined) labels.set('__name__', name)
    this.#skipSpaceBefore('{')
    // Two braces begin a histogram.
    if (this.text[this.at] === '{' && this.text[this.at + 1] !== '{') this.#braces(labels)
    return Labels.from(labels)
  }

  expectEnd(): void {
    this.#skipSpace()
    if (this.at < this.text.length) this.#fail('in metric description')
  }

  #braces(labels: Map<string, string>): void {
    this.at++
    for (;;) {
      this.#skipSpace()
      if (this.#take('}')) return
      this.#label(labels)
      this.#skipSpace()
      if (this.#take('}')) return
      if (!this.#take(',')) this.#fail('in label matching, expected "," or "}"')
    }
  }

  #label(labels: Map<string, string>): void {
    const quoted = this.#match(STRING)
    const name = quoted === undefined ? this.#match(IDENTIFIER) : unquote(quoted)
    if (name === undefined) this.#fail('in label matching, expected identifier or "}"')
    this.#skipSpace()
    if (quoted !== undefined && /[,}]/.test(this.text[this.at] ?? '')) {
      labels.set('__name__', name)
      return
    }
    if (!this.#take('=') || this.text[this.at] === '~') this.#fail('in label matching, expected "="')
    this.#skipSpace()
    const value = this.#match(STRING)
    if (value === undefined) this.#fail('in label matching, expected string')
    labels.set(name, unquote(value))
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at
    const [found] = pattern.exec(this.text) ?? []
    if (found !== undefined) this.at += found.length
    return found
  }

  #take(character: string): boolean {
    if (this.text[this.at] !== character) return false
    this.at++
    return true
  }

  #skipSpace(): void {
    while (/[ \t\r\n]/.test(this.text[this.at] ?? '')) this.at++
  }

  #skipSpaceBefore(character: string): void {
    const { at } = this
    this.#skipSpace()
    if (this.text[this.at] !== character) this.at = at
  }

  #fail(reason: string): never {
    const found = this.at < this.text.length ? `character: ${quote(this.text[this.at] as string, "'")}` : 'end of input'
    throw new Error(`${positionIn(this.text, this.at)}: parse error: unexpected ${found} ${reason}`)
  }
}

const NUMBER = '(?:(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?|[iI][nN][fF]|[nN][aA][nN])'
const ITEM = new RegExp(`^(?:(_)|(stale)|([+-]?${NUMBER})(?:([+-])(${NUMBER}))?)(?:x(\\d+))?$`)

function parseValues(text: string, from: number): SequenceValue[] {
  const values: SequenceValue[] = []
  for (const { 0: item, index } of text.slice(from).matchAll(/\S+/g)) {
    if (item.startsWith('{{')) throw new Unsupported(`native histograms such as ${item} are not supported in series`)
    const [whole, omitted, stale, first, sign, step, times] = ITEM.exec(item) ?? []
    const isRepeatedWord = (stale !== undefined || /[a-z]$/i.test(step ?? first ?? '')) && times !== undefined
    if (whole === undefined || isRepeatedWord || (step !== undefined && times === undefined))
      throw new Error(
        `${positionIn(text, from + index)}: parse error: unexpected ${quote(item)} in series values, expected number or "stale"`,
      )
    // A value that is repeated stands for itself too, but `_` does not.
    const count = times === undefined ? 1 : Number(times) + (omitted === undefined ? 1 : 0)
    if (values.length + count > MOST_VALUES) throw new Error(`a series has more than ${MOST_VALUES} values`)
    let value: SequenceValue =
      omitted !== undefined ? undefined : stale !== undefined ? 'stale' : toNumber(first as string)
    const change = step === undefined ? 0 : toNumber(`${sign}${step}`)
    for (let i = 0; i < count; i++) {
      values.push(value)
      if (typeof value === 'number' && step !== undefined) value += change
    }
  }
  return values
}

function toNumber(text: string): number {
  const size = text.replace(/^[+-]/, '')
  const value = /^inf$/i.test(size) ? Number.POSITIVE_INFINITY : /^nan$/i.test(size) ? Number.NaN : Number(size)
  return text.startsWith('-') ? -value : value
}
