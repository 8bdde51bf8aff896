import { announce, announceEnd, channels } from '../../phases/announcements.ts'
import { system } from './statement.ts'

/** Guards the only connection that there is: work runs one piece at a time, first come, first served. */
export class Mutex {
  #isLocked = false
  readonly #queue: (() => void)[] = []

  /** Runs `work` once all earlier work has ended. Announces the wait. */
  async run<R>(work: () => Promise<R>): Promise<R> {
    if (this.#isLocked) {
      await announce(
        channels.connection,
        { system, waited: true },
        () => new Promise<void>((go) => this.#queue.push(go)),
      )
    } else announceEnd(channels.connection, { system, waited: false })
    this.#isLocked = true
    try {
      return await work()
    } finally {
      const next = this.#queue.shift()
      if (next === undefined) this.#isLocked = false
      else next()
    }
  }
}
