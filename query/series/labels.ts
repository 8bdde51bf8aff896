import { quote } from '../quote.ts'

/** A string that no label can contain: half of a surrogate pair does not survive UTF-8. */
const SEPARATOR = '\ud800'

const METADATA = new Set(['__name__', '__type__', '__unit__'])

/** The labels of a series, the metric name among them as `__name__`. They never change. */
export class Labels {
  #key: string | undefined

  private constructor(
    /** Names and values in turn, sorted by name: `['code', '200', 'job', 'app']`. */
    readonly pairs: readonly string[],
  ) {}

  /** A label with an empty value is the same as no label. */
  static from(entries: Iterable<readonly [string, string]>): Labels {
    const sorted = [...new Map(entries)].filter(([, value]) => value !== '').sort(([a], [b]) => compareText(a, b))
    return new Labels(sorted.flat())
  }

  static of(record: Readonly<Record<string, string>>): Labels {
    return Labels.from(Object.entries(record))
  }

  /** Two sets of labels are the same when their keys are. */
  get key(): string {
    this.#key ??= this.pairs.join(SEPARATOR)
    return this.#key
  }

  /** The value of a label; empty when there is none. */
  get(name: string): string {
    const { pairs } = this
    for (let i = 0; i < pairs.length; i += 2) if (pairs[i] === name) return pairs[i + 1] as string
    return ''
  }

  entries(): [string, string][] {
    const entries: [string, string][] = []
    for (let i = 0; i < this.pairs.length; i += 2) entries.push([this.pairs[i] as string, this.pairs[i + 1] as string])
    return entries
  }

  /** Sets labels; an empty value removes one. */
  with(changes: Readonly<Record<string, string>>): Labels {
    return Labels.from([...this.entries(), ...Object.entries(changes)])
  }

  without(names: ReadonlySet<string>): Labels {
    return this.#filtered((name) => !names.has(name))
  }

  only(names: ReadonlySet<string>): Labels {
    return this.#filtered((name) => names.has(name))
  }

  /** Without the metric name, and without the labels for its type and unit. */
  withoutName(): Labels {
    return this.without(METADATA)
  }

  toRecord(): Record<string, string> {
    return Object.fromEntries(this.entries())
  }

  /** As Prometheus prints labels in messages: `{__name__="up", job="app"}`. */
  toString(): string {
    return `{${this.entries()
      .map(([name, value]) => `${/^[a-zA-Z_]\w*$/.test(name) ? name : quote(name)}=${quote(value)}`)
      .join(', ')}}`
  }

  #filtered(keep: (name: string) => boolean): Labels {
    const pairs: string[] = []
    for (let i = 0; i < this.pairs.length; i += 2) {
      if (keep(this.pairs[i] as string)) pairs.push(this.pairs[i] as string, this.pairs[i + 1] as string)
    }
    if (pairs.length === this.pairs.length) return this
    return new Labels(pairs)
  }
}

/** Those of a number that was made a vector, or of an aggregation over everything. */
export const noLabels = Labels.from([])

/** Any text is a label's name, unless it is empty or came of bytes that are no UTF-8. */
export function isLabelName(text: string): boolean {
  return text !== '' && !text.includes('\ufffd')
}

/** The order in which Prometheus lists series: by the first label that differs. */
export function compareLabels(a: Labels, b: Labels): number {
  const length = Math.min(a.pairs.length, b.pairs.length)
  for (let i = 0; i < length; i++) {
    const order = compareText(a.pairs[i] as string, b.pairs[i] as string)
    if (order !== 0) return order
  }
  return a.pairs.length - b.pairs.length
}

/** By code point, which is the order of the bytes in UTF-8. JavaScript compares UTF-16 units. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) return x >= 0xd800 && y >= 0xd800 ? rank(x) - rank(y) : x - y
  }
  return a.length - b.length
}

/** Surrogates stand for code points above all of U+E000 to U+FFFF. */
function rank(unit: number): number {
  return unit < 0xe000 ? unit + 0x10000 : unit
}
