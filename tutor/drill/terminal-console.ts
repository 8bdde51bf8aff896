import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface, type Interface } from 'node:readline'
import { styleText } from 'node:util'
import type { DrillStatus } from '../../lab/drill-wire.ts'
import type { Console } from './console.ts'

/** Talks to the person at the terminal, or to a program through a pipe. */
export class TerminalConsole implements Console {
  readonly #stop: AbortController
  readonly #isTerminal = process.stdout.isTTY === true
  #lines: Interface | undefined
  #command: ChildProcess | undefined
  #iterator: AsyncIterator<string> | undefined

  /** @param stop is aborted by Ctrl-C or the end of the input */
  constructor(stop: AbortController) {
    this.#stop = stop
  }

  print(text = ''): void {
    process.stdout.write(`${text}\n`)
  }

  show(_news: Partial<DrillStatus>, text?: string): void {
    if (text !== undefined) this.print(text)
  }

  bold(text: string): string {
    return styleText('bold', text, { stream: process.stdout })
  }

  /** Replaces the status line on a terminal; prints nothing elsewhere. */
  status(text: string): void {
    if (this.#isTerminal && process.env.TERM !== 'dumb') process.stdout.write(`\r\x1b[K${text}`)
  }

  /** Reads the next line, trimmed; undefined at the end of the input. */
  async ask(): Promise<string | undefined> {
    const { lines, iterator } = this.#open()
    if (this.#stop.signal.aborted) return undefined
    lines.prompt()
    const { value, done } = await iterator.next()
    return done ? undefined : String(value).trim()
  }

  /** Runs a command in a shell and shows its output. Ctrl-C ends the command, not the drill. */
  async run(command: string): Promise<void> {
    // A separate process group, so that the command can be killed with its children.
    const child = spawn('/bin/sh', ['-c', command], { stdio: ['ignore', 'inherit', 'inherit'], detached: true })
    this.#command = child
    await once(child, 'close')
    this.#command = undefined
  }

  close(): void {
    this.#lines?.close()
  }

  /** @returns whether a command was running */
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
