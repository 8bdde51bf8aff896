import { shortenLine } from './long-line.ts'

/** Longer lines, in bytes, are truncated, so that one line cannot evict all others. */
const MAX_LINE = 64 * 1024

const NEWLINE = 0x0a

/** A line and the position after it, which is unique and increases from line to line. */
export interface PositionedLine {
  readonly seq: number
  readonly text: string
}

export interface LineBatch {
  /** Oldest first. */
  readonly lines: readonly PositionedLine[]
  /** Whether more lines followed the requested position: overwritten since, or beyond the limit. */
  readonly gap: boolean
}

/**
 * A ring buffer of fixed size with the last bytes of a log. Adding lines only copies them: they are split and parsed
 * when they are read. Positions count all bytes ever added.
 */
export class LineRing {
  readonly #bytes: Buffer
  #end = 0

  constructor(capacity: number) {
    this.#bytes = Buffer.alloc(capacity) // the system commits its pages only when they are written
  }

  /** The position after the last line. */
  get end(): number {
    return this.#end
  }

  /** The position of the oldest byte that is kept. */
  get start(): number {
    return Math.max(0, this.#end - this.#bytes.length)
  }

  /** Adds complete lines, each with its newline. */
  add(lines: Uint8Array): void {
    if (hasLongLine(lines)) for (const line of shortened(lines)) this.#append(line)
    else this.#append(lines)
  }

  /** Adds one line with its newline, as a log destination. */
  write(line: string): void {
    const at = this.#end % this.#bytes.length
    const maxBytes = 3 * line.length // of UTF-8
    if (maxBytes <= MAX_LINE && maxBytes <= this.#bytes.length - at) this.#end += this.#bytes.write(line, at)
    else this.add(Buffer.from(line))
  }

  /** The newest `limit` of the lines that begin at `after` or later. */
  read(after: number, limit: number): LineBatch {
    const start = this.#startOfLine(after)
    const bytes = this.#copy(start)
    const lines: PositionedLine[] = []
    let end = bytes.length
    while (end > 0 && lines.length < limit) {
      const begin = end < 2 ? 0 : bytes.lastIndexOf(NEWLINE, end - 2) + 1
      lines.push({ seq: start + end, text: bytes.toString('utf8', begin, end - 1) })
      end = begin
    }
    return { lines: lines.reverse(), gap: start > after || end > 0 }
  }

  /** The newest `limit` of the lines that begin at `after` or later and contain `text`. */
  find(text: string, after: number, limit: number): PositionedLine[] {
    const start = this.#startOfLine(after)
    const bytes = this.#copy(start)
    const lines: PositionedLine[] = []
    let found = bytes.lastIndexOf(text)
    while (found !== -1 && lines.length < limit) {
      const begin = bytes.lastIndexOf(NEWLINE, found) + 1
      const end = bytes.indexOf(NEWLINE, found)
      lines.push({ seq: start + end + 1, text: bytes.toString('utf8', begin, end) })
      found = begin < 2 ? -1 : bytes.lastIndexOf(text, begin - 1 - Buffer.byteLength(text))
    }
    return lines.reverse()
  }

  #append(lines: Uint8Array): void {
    const { length } = this.#bytes
    const kept = lines.length > length ? lines.subarray(lines.length - length) : lines
    const at = (this.#end + lines.length - kept.length) % length
    const room = length - at
    this.#bytes.set(kept.subarray(0, room), at)
    if (kept.length > room) this.#bytes.set(kept.subarray(room), 0)
    this.#end += lines.length
  }

  /** `position`, or the start of the first complete line after it when it has been overwritten. */
  #startOfLine(position: number): number {
    const oldest = this.#end - this.#bytes.length
    if (position > this.#end) return this.#end
    if (position >= oldest) return position
    if (oldest <= 0) return Math.max(0, position)
    return oldest + this.#copy(oldest).indexOf(NEWLINE) + 1
  }

  #copy(from: number): Buffer {
    const { length } = this.#bytes
    const [begin, end] = [from % length, this.#end % length]
    if (from === this.#end) return Buffer.alloc(0)
    if (begin < end) return Buffer.from(this.#bytes.subarray(begin, end))
    return Buffer.concat([this.#bytes.subarray(begin), this.#bytes.subarray(0, end)])
  }
}

/** Searches at most one byte range in each `MAX_LINE`. */
function hasLongLine(lines: Uint8Array): boolean {
  let begin = 0
  while (lines.length - begin > MAX_LINE) {
    const newline = lines.lastIndexOf(NEWLINE, begin + MAX_LINE)
    if (newline < begin) return true
    begin = newline + 1
  }
  return false
}

function* shortened(lines: Uint8Array): Generator<Uint8Array> {
  let begin = 0
  while (begin < lines.length) {
    const newline = lines.indexOf(NEWLINE, begin)
    const end = newline === -1 ? lines.length : newline + 1
    const line = lines.subarray(begin, end)
    yield line.length > MAX_LINE ? Buffer.from(`${shortenLine(Buffer.from(line).toString())}\n`) : line
    begin = end
  }
}
