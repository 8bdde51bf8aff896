import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface, type Interface } from 'node:readline'
import { styleText } from 'node:util'

/** The person at the terminal, or a program at the other end of a pipe. */
export class Console {
  readonly #stop: AbortController
  readonly #isTerminal = process.stdout.isTTY === true
  #lines: Interface | undefined
  #command: ChildProcess | undefined
  #iterator: AsyncIterator<string> | undefined

  /** @param stop is aborted when the person has had enough: by Ctrl-C, or by the end of the input */
  constructor(stop: AbortController) {
    this.#stop = stop
  }

  print(text = ''): void {
    process.stdout.write(`${text}\n`)
  }

  bold(text: string): string {
    return styleText('bold', text, { stream: process.stdout })
  }

  /** Replaces the line that was shown last, on a terminal; shows nothing elsewhere. */
  status(text: string): void {
    if (this.#isTerminal && process.env.TERM !== 'dumb') process.stdout.write(`\r\x1b[K${text}`)
  }

  /** The next line that is typed, without the spaces around it; undefined when there is none any more. */
  async ask(): Promise<string | undefined> {
    const { lines, iterator } = this.#open()
    if (this.#stop.signal.aborted) return undefined
    lines.prompt()
    const { value, done } = await iterator.next()
    return done ? undefined : String(value).trim()
  }

  /** Lets a shell carry out a command and shows what it prints. Ctrl-C ends the command, and not the drill. */
  async run(command: string): Promise<void> {
    // A process group of its own, so that it can be ended with all that it has started.
    const child = spawn('/bin/sh', ['-c', command], { stdio: ['ignore', 'inherit', 'inherit'], detached: true })
    this.#command = child
    await once(child, 'close')
    this.#command = undefined
  }

  close(): void {
    this.#lines?.close()
  }

  /** Tells whether there was one. */
  #endCommand(): boolean {
    const pid = this.#command?.pid
    if (pid === undefined) return false
    process.kill(-pid, 'SIGTERM')
    return true
  }

  #open(): { lines: Interface; iterator: AsyncIterator<string> } {
    if (this.#lines === undefined || this.#iterator === undefined) {
      this.#lines = createInterface({
        input: process.stdin,
        output: process.stdout,
        terminal: this.#isTerminal && process.stdin.isTTY,
      })
      this.#lines.setPrompt('> ')
      this.#lines.on('SIGINT', () => {
        if (!this.#endCommand()) this.#stop.abort()
      })
      this.#stop.signal.addEventListener('abort', () => {
        this.#endCommand()
        this.close()
      })
      this.#iterator = this.#lines[Symbol.asyncIterator]()
    }
    return { lines: this.#lines, iterator: this.#iterator }
  }
}
