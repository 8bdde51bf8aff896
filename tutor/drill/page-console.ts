import type { DrillStatus } from '../../lab/drill-wire.ts'
import type { Console } from './console.ts'

/** Sent by a drill to the server whose page shows it. */
export type PageMessage = { readonly text: string } | { readonly news: Partial<DrillStatus> }

/** Sent to the drill: a line that was typed in the page. */
export interface TypedLine {
  readonly line: string
}

/** Talks to the page of the Lab, through the channel of this process. */
export class PageConsole implements Console {
  readonly #stop: AbortController
  readonly #lines: string[] = []
  #notify: () => void = () => {}

  /** @param stop is aborted when the server closes the channel */
  constructor(stop: AbortController) {
    this.#stop = stop
    process.on('disconnect', () => stop.abort())
    if (!process.connected) stop.abort()
    process.on('message', ({ line }: TypedLine) => {
      this.#lines.push(line)
      this.#notify()
    })
    stop.signal.addEventListener('abort', () => this.#notify())
  }

  print(text = ''): void {
    send({ text })
  }

  show(news: Partial<DrillStatus>): void {
    send({ news })
  }

  bold(text: string): string {
    return text
  }

  /** The page has the stage instead. */
  status(): void {}

  async ask(): Promise<string | undefined> {
    while (this.#lines.length === 0 && !this.#stop.signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#notify = resolve
      })
    }
    return this.#stop.signal.aborted ? undefined : this.#lines.shift()?.trim()
  }

  /** A page must not run commands of its reader's choice on this machine. */
  async run(command: string): Promise<void> {
    this.print(`Commands for a shell need a terminal. In the folder of the course:\n\n  ${command}`)
  }

  close(): void {
    if (process.connected) process.disconnect()
  }
}

function send(message: PageMessage): void {
  if (process.connected) process.send?.(message)
}
