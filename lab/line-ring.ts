import { shortenLine } from './long-line.ts'

/** Lines longer than this are shortened, in bytes: one must not push all others out. */
const MAX_LINE = 64 * 1024

const NEWLINE = 0x0a

/** A line and the position right behind it, which no other line has and which rises from line to line. */
export interface PositionedLine {
  readonly seq: number
  readonly text: string
}

export interface LineBatch {
  /** Oldest first. */
  readonly lines: readonly PositionedLine[]
  /** Whether there were more after the position that was asked for: overwritten since, or beyond the limit. */
  readonly gap: boolean
}

/**
 * The last bytes of a log in a buffer of a fixed size. Adding lines is a copy, whatever is in them: no line
 * is looked for, parsed or kept as an object before somebody reads. Positions count all bytes ever added.
 */
export class LineRing {
  readonly #bytes: Buffer
  #end = 0

  constructor(capacity: number) {
    this.#bytes = Buffer.alloc(capacity) // from the system, which gives memory page by page when it is written to
  }

  /** The position behind the last line. */
  get end(): number {
    return this.#end
  }

  /** Takes whole lines, each with its newline. */
  add(lines: Uint8Array): void {
    if (hasLongLine(lines)) for (const line of shortened(lines)) this.#append(line)
    else this.#append(lines)
  }

  /** Takes one line with its newline, as a log destination does. */
  write(line: string): void {
    const at = this.#end % this.#bytes.length
    const most = 3 * line.length // bytes that UTF-8 can take
    if (most <= MAX_LINE && most <= this.#bytes.length - at) this.#end += this.#bytes.write(line, at)
    else this.add(Buffer.from(line))
  }

  /** The newest `limit` of the lines that begin at `after` or behind it. */
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

  /** The newest `limit` of the lines that begin at `after` or behind it and hold `text` somewhere. */
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

  /** `position`, or where the first whole line behind it begins when it has been overwritten. */
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

/** Looks at no more than one byte range in each `MAX_LINE`. */
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
