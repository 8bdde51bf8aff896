import { compareLabels, type Labels } from '../series/labels.ts'
import type { Matcher } from '../series/matcher.ts'
import type { Line, LineSource, Stream } from './line.ts'

interface StoredStream {
  readonly labels: Labels
  readonly lines: Line[]
  isSorted: boolean
}

/** Lines in memory, by stream. */
export class LineStore implements LineSource {
  readonly #streams = new Map<string, StoredStream>()
  #size = 0

  /** How many lines there are. */
  get size(): number {
    return this.#size
  }

  append(labels: Labels, line: Line): void {
    const stream = this.#streams.get(labels.key) ?? { labels, lines: [], isSorted: true }
    this.#streams.set(labels.key, stream)
    const last = stream.lines.at(-1)
    if (last !== undefined && last.time >= line.time) stream.isSorted = false
    stream.lines.push(line)
    this.#size++
  }

  select(matchers: readonly Matcher[]): readonly Stream[] {
    return [...this.#streams.values()]
      .filter(({ labels }) => matchers.every((matcher) => matcher.matches(labels.get(matcher.name))))
      .sort((a, b) => compareLabels(a.labels, b.labels))
      .map(sorted)
  }
}

function sorted(stream: StoredStream): Stream {
  if (!stream.isSorted) {
    stream.lines.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))
    const unique = withoutDuplicates(stream.lines)
    stream.lines.splice(0, stream.lines.length, ...unique)
    stream.isSorted = true
  }
  return stream
}

/** Loki keeps one of the lines of a stream that have the same time and text. */
function withoutDuplicates(lines: readonly Line[]): Line[] {
  const kept: Line[] = []
  let seen = new Set<string>()
  let time: bigint | undefined
  for (const line of lines) {
    if (line.time !== time) {
      time = line.time
      seen = new Set()
    }
    if (seen.has(line.text)) continue
    seen.add(line.text)
    kept.push(line)
  }
  return kept
}
