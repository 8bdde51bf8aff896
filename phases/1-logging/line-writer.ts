import { setTimeout as delay } from 'node:timers/promises'

/** Something that bytes are appended to: a file, or the console. */
export interface Output {
  /** For people: what cannot be written, if it cannot. */
  readonly name: string
  /** Resolves when all bytes have been handed to the operating system. */
  append(bytes: Buffer): Promise<void>
  /** The same at once, for when the process is about to end. */
  appendSync(bytes: Buffer): void
  /** Gives back what it holds of the operating system; `append` takes it again. */
  close?(): void
}

/** How long lines gather before they are written, in milliseconds: too short to notice, and a write for many. */
const GATHER_MS = 10

/** An output that does not keep up must not eat the memory: past this many bytes lines are dropped. */
const MAX_WAITING = 16 * 1024 * 1024

/** Those that may still have lines when the process ends. */
const open = new Set<LineWriter>()

process.on('exit', () => {
  for (const writer of open) writer.writeLast()
})

/**
 * Writes the same lines to all its outputs, in the background, so that no request waits for a disk or a
 * terminal. A write costs much the same for one line as for a hundred, so lines gather for a moment and
 * leave together.
 *
 * In most services, `pino.multistream` with `pino.destination` (SonicBoom) does the same. It breaks one promise of this
 * service: with a full disk the process never ends, because `flushSync` of SonicBoom 4.2 repeats the write forever.
 */
export class LineWriter {
  readonly #queues: readonly Queue[]
  readonly #format: (line: string) => string
  #lines = ''
  #gathering: Promise<void> | undefined
  #isClosed = false

  /** @param format what is written of a line; all of it unless given */
  constructor(outputs: readonly Output[], format = (line: string) => line) {
    this.#queues = outputs.map((output) => new Queue(output))
    this.#format = format
  }

  write(line: string): void {
    this.#lines += this.#format(line)
    this.#gathering ??= this.#gather()
  }

  /** Resolves when everything that was written so far has left this process, or could not. */
  async drained(): Promise<void> {
    await this.#gathering
    await Promise.all(this.#queues.map((queue) => queue.drained()))
  }

  /** Closes the outputs when all is written; again after each line that comes later. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.drained()
    if (this.#isBusy()) return // with lines that came meanwhile, and after those it closes
    for (const queue of this.#queues) queue.close()
    open.delete(this)
  }

  /** How many lines each output has not got. */
  dropped(): { output: string; lines: number }[] {
    return this.#queues.map(({ name, dropped }) => ({ output: name, lines: dropped }))
  }

  async #gather(): Promise<void> {
    open.add(this)
    await delay(GATHER_MS)
    this.#gathering = undefined
    const bytes = this.#takeLines()
    for (const queue of this.#queues) queue.add(bytes)
    if (this.#isClosed) await this.close()
  }

  #isBusy(): boolean {
    return this.#gathering !== undefined || this.#queues.some((queue) => queue.isWriting)
  }

  #takeLines(): Buffer {
    const bytes = Buffer.from(this.#lines)
    this.#lines = ''
    return bytes
  }

  /** A process that is ended in a hurry still says what it had to say. */
  writeLast(): void {
    const bytes = this.#takeLines()
    for (const queue of this.#queues) queue.writeAllSync(bytes)
  }
}

/**
 * What waits for one output. Trouble with it costs the lines of that time, and no other output. It is told on stderr
 * when it begins and, with the count of lines, when it is over.
 */
class Queue {
  readonly #output: Output
  #waiting: Buffer[] = []
  #size = 0
  #writing: Promise<void> | undefined
  #failing = false
  /** Lines that were lost, in all. */
  dropped = 0
  /** How many of them have been told. */
  #told = 0

  constructor(output: Output) {
    this.#output = output
  }

  get name(): string {
    return this.#output.name
  }

  add(bytes: Buffer): void {
    if (this.#size > MAX_WAITING) {
      this.#failed(new Error('it does not keep up'), bytes)
      return
    }
    this.#waiting.push(bytes)
    this.#size += bytes.length
    this.#writing ??= this.#writeAll()
  }

  get isWriting(): boolean {
    return this.#writing !== undefined
  }

  async drained(): Promise<void> {
    await this.#writing
  }

  close(): void {
    this.#output.close?.()
    this.#tellLoss()
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const bytes = this.#take()
      try {
        await this.#output.append(bytes)
        this.#recovered()
      } catch (error) {
        this.#failed(error as Error, bytes)
      }
    }
    this.#writing = undefined
  }

  writeAllSync(last: Buffer): void {
    this.#waiting.push(last)
    const bytes = this.#take()
    try {
      if (this.#failing) this.dropped += countLines(bytes)
      else this.#output.appendSync(bytes)
    } catch (error) {
      this.#failed(error as Error, bytes)
    }
    this.#tellLoss()
  }

  /** At once: a warning would be printed a moment later, and there may be none any more. */
  #tellLoss(): void {
    const lines = this.dropped - this.#told
    if (lines > 0) process.stderr.write(`${this.#lossOf(lines)}\n`)
    this.#told = this.dropped
  }

  #take(): Buffer {
    const bytes = Buffer.concat(this.#waiting)
    this.#waiting = []
    this.#size = 0
    return bytes
  }

  #failed(error: Error, bytes: Buffer): void {
    if (!this.#failing) process.emitWarning(`log lines are lost: ${this.name}: ${error.message}`, 'LogWarning')
    this.#failing = true
    this.dropped += countLines(bytes)
  }

  #recovered(): void {
    if (!this.#failing) return
    process.emitWarning(this.#lossOf(this.dropped - this.#told), 'LogWarning')
    this.#failing = false
    this.#told = this.dropped
  }

  #lossOf(lines: number): string {
    return `${lines} log lines were lost: ${this.name}`
  }
}

function countLines(bytes: Buffer): number {
  let lines = 0
  for (let end = bytes.indexOf('\n'); end !== -1; end = bytes.indexOf('\n', end + 1)) lines++
  return lines
}
