import { announceNoWait, announceWait } from './connection-wait.ts'

/** Lets one piece of work at a time use the only connection that there is, in the order in which they come. */
export class Turns {
  #isTaken = false
  readonly #waiting: (() => void)[] = []

  /** Runs `work` when what came before it is done. */
  async take<R>(work: () => Promise<R>): Promise<R> {
    if (this.#isTaken) await announceWait(() => new Promise<void>((resolve) => this.#waiting.push(resolve)))
    else announceNoWait()
    this.#isTaken = true
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#isTaken = false
      else next()
    }
  }
}
