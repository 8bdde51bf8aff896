import { setTimeout as delay } from 'node:timers/promises'

/** A destination that bytes are appended to: a file, or standard output. */
export interface Output {
  /** Names the output in warnings. */
  readonly name: string
  /** Resolves when all bytes have been handed to the operating system. */
  append(bytes: Buffer): Promise<void>
  /** Appends synchronously, when the process is about to end. */
  appendSync(bytes: Buffer): void
  /** Closes the file descriptor; `append` opens it again. */
  close?(): void
}

/** How long lines are collected before they are written together, in milliseconds. */
const GATHER_MS = 10

/** Bounds the memory of an output that does not keep up: past this many bytes, lines are dropped. */
const MAX_WAITING = 16 * 1024 * 1024

/** Writers that may still hold lines when the process ends. */
const open = new Set<LineWriter>()

process.on('exit', () => {
  for (const writer of open) writer.writeLast()
})

/**
 * Writes the same lines to all its outputs in the background, so no request waits for a disk or a terminal. A write
 * costs much the same for one line as for a hundred, so lines are written in batches.
 *
 * In most services, use `pino.multistream` with `pino.destination` (SonicBoom) instead. It does not fit here: with a
 * full disk the process never ends, because `flushSync` of SonicBoom 4.2 repeats the write forever.
 */
export class LineWriter {
  readonly #queues: readonly Queue[]
  readonly #format: (line: string) => string
  #lines = ''
  #batch: Promise<void> | undefined
  #isClosed = false

  /** @param format turns a line into the text to write; unchanged by default */
  constructor(outputs: readonly Output[], format = (line: string) => line) {
    this.#queues = outputs.map((output) => new Queue(output))
    this.#format = format
  }

  write(line: string): void {
    this.#lines += this.#format(line)
    this.#batch ??= this.#writeBatch()
  }

  /** Resolves when every line so far has been written or dropped. */
  async drained(): Promise<void> {
    await this.#batch
    await Promise.all(this.#queues.map((queue) => queue.drained()))
  }

  /** Closes the outputs once all lines are written, and again after any later line. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.drained()
    if (this.#isBusy()) return // lines arrived meanwhile: #writeBatch closes after them
    for (const queue of this.#queues) queue.close()
    open.delete(this)
  }

  /** The number of lines that each output has lost. */
  dropped(): { output: string; lines: number }[] {
    return this.#queues.map(({ name, dropped }) => ({ output: name, lines: dropped }))
  }

  async #writeBatch(): Promise<void> {
    open.add(this)
    await delay(GATHER_MS)
    this.#batch = undefined
    const bytes = this.#takeLines()
    for (const queue of this.#queues) queue.add(bytes)
    if (this.#isClosed) await this.close()
  }

  #isBusy(): boolean {
    return this.#batch !== undefined || this.#queues.some((queue) => queue.isWriting)
  }

  #takeLines(): Buffer {
    const bytes = Buffer.from(this.#lines)
    this.#lines = ''
    return bytes
  }

  /** Writes the last lines synchronously, when the process ends without closing the app. */
  writeLast(): void {
    const bytes = this.#takeLines()
    for (const queue of this.#queues) queue.writeAllSync(bytes)
  }
}

/**
 * The lines that wait for one output. If that output fails, its lines are lost and other outputs are unaffected. One
 * warning on stderr reports the first failure, and one the recovery, with the number of lost lines.
 */
class Queue {
  readonly #output: Output
  #waiting: Buffer[] = []
  #size = 0
  #writing: Promise<void> | undefined
  #failing = false
  /** The number of lost lines since the start. */
  dropped = 0
  /** How many of them have been reported. */
  #reported = 0

  constructor(output: Output) {
    this.#output = output
  }

  get name(): string {
    return this.#output.name
  }

  add(bytes: Buffer): void {
    if (this.#size > MAX_WAITING) {
      this.#fail(new Error('it does not keep up'), bytes)
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
    this.#reportLoss()
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const bytes = this.#take()
      try {
        await this.#output.append(bytes)
        this.#recover()
      } catch (error) {
        this.#fail(error as Error, bytes)
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
      this.#fail(error as Error, bytes)
    }
    this.#reportLoss()
  }

  /** Writes directly, because `emitWarning` prints a moment later, when the process may have ended. */
  #reportLoss(): void {
    const lines = this.dropped - this.#reported
    if (lines > 0) process.stderr.write(`${this.#lossMessage(lines)}\n`)
    this.#reported = this.dropped
  }

  #take(): Buffer {
    const bytes = Buffer.concat(this.#waiting)
    this.#waiting = []
    this.#size = 0
    return bytes
  }

  #fail(error: Error, bytes: Buffer): void {
    if (!this.#failing) process.emitWarning(`log lines are lost: ${this.name}: ${error.message}`, 'LogWarning')
    this.#failing = true
    this.dropped += countLines(bytes)
  }

  #recover(): void {
    if (!this.#failing) return
    process.emitWarning(this.#lossMessage(this.dropped - this.#reported), 'LogWarning')
    this.#failing = false
    this.#reported = this.dropped
  }

  #lossMessage(lines: number): string {
    return `${lines} log lines were lost: ${this.name}`
  }
}

function countLines(bytes: Buffer): number {
  let lines = 0
  for (let end = bytes.indexOf('\n'); end !== -1; end = bytes.indexOf('\n', end + 1)) lines++
  return lines
}
