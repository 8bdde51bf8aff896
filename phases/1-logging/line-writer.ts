import { setTimeout as delay } from 'node:timers/promises'

/** Something that bytes are appended to: a file, or the console. */
export interface Output {
  /** For people: what cannot be written, if it cannot. */
  readonly name: string
  /** Resolves when all bytes have been handed to the operating system. */
  append(bytes: Buffer): Promise<void>
  /** The same at once, for when the process is about to end. */
  appendSync(bytes: Buffer): void
}

/** How long lines gather before they are written, in milliseconds: too short to notice, and a write for many. */
const GATHER_MS = 10

/** An output that does not keep up must not eat the memory: past this many bytes lines are dropped. */
const MAX_WAITING = 16 * 1024 * 1024

/**
 * Writes the same lines to all its outputs, in the background, so that no request waits for a disk or a
 * terminal. A write costs much the same for one line as for a hundred, so lines gather for a moment and
 * leave together.
 */
export class LineWriter {
  readonly #queues: readonly Queue[]
  #lines = ''
  #gathering: Promise<void> | undefined

  constructor(outputs: readonly Output[]) {
    this.#queues = outputs.map((output) => new Queue(output))
    process.on('exit', () => this.#writeLast())
  }

  write(line: string): void {
    this.#lines += line
    this.#gathering ??= this.#gather()
  }

  /** Resolves when everything that was written so far has left this process, or could not. */
  async drained(): Promise<void> {
    await this.#gathering
    await Promise.all(this.#queues.map((queue) => queue.drained()))
  }

  async #gather(): Promise<void> {
    await delay(GATHER_MS)
    this.#gathering = undefined
    const bytes = this.#takeLines()
    for (const queue of this.#queues) queue.add(bytes)
  }

  #takeLines(): Buffer {
    const bytes = Buffer.from(this.#lines)
    this.#lines = ''
    return bytes
  }

  /** A process that is ended in a hurry still says what it had to say. */
  #writeLast(): void {
    const bytes = this.#takeLines()
    for (const queue of this.#queues) queue.writeAllSync(bytes)
  }
}

/** What waits for one output. Trouble with it costs one warning and the lines of that time, and no other output. */
class Queue {
  readonly #output: Output
  #waiting: Buffer[] = []
  #size = 0
  #writing: Promise<void> | undefined
  #failing = false

  constructor(output: Output) {
    this.#output = output
  }

  add(bytes: Buffer): void {
    if (this.#size > MAX_WAITING) {
      this.#failed(new Error('it does not keep up'))
      return
    }
    this.#waiting.push(bytes)
    this.#size += bytes.length
    this.#writing ??= this.#writeAll()
  }

  async drained(): Promise<void> {
    await this.#writing
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      try {
        await this.#output.append(this.#take())
        this.#failing = false
      } catch (error) {
        this.#failed(error as Error)
      }
    }
    this.#writing = undefined
  }

  writeAllSync(last: Buffer): void {
    if (this.#failing) return
    this.#waiting.push(last)
    try {
      this.#output.appendSync(this.#take())
    } catch (error) {
      this.#failed(error as Error)
    }
  }

  #take(): Buffer {
    const bytes = Buffer.concat(this.#waiting)
    this.#waiting = []
    this.#size = 0
    return bytes
  }

  #failed(error: Error): void {
    if (!this.#failing) process.emitWarning(`log lines are lost: ${this.#output.name}: ${error.message}`, 'LogWarning')
    this.#failing = true
  }
}
