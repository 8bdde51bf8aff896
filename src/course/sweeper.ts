import type { FastifyBaseLogger } from 'fastify'
import { announce, channels } from '../../phases/announcements.ts'
import type { Database } from '../platform/database.ts'
import { afterMoves } from './booking-moved.ts'
import type { CourseCache } from './course-cache.ts'
import type { SweepStore } from './sweep-store.ts'

export interface SweeperOptions {
  readonly store: SweepStore
  readonly courses: CourseCache
  readonly database: Pick<Database, 'ping'>
  readonly log: Pick<FastifyBaseLogger, 'info' | 'warn'>
  /** The clock. Default: the system's. */
  readonly now?: () => Date
}

/** How many holds are expired in one transaction: few enough that nobody waits long for their batches. */
const HOLDS_AT_ONCE = 100
const KEYS_AT_ONCE = 1000
const KEYS_EVERY_MS = 60_000

/**
 * Clears away what is over: holds that nobody has paid for, whose seats become free again, and old idempotency
 * keys. Every replica may run one. A database that is away costs one warning, and the next sweep tries again.
 */
export class Sweeper {
  readonly #options: SweeperOptions
  readonly #now: () => Date
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #keysSweptAt = Number.NEGATIVE_INFINITY
  #isFailing = false
  #isStopped = false

  constructor(options: SweeperOptions) {
    this.#options = options
    this.#now = options.now ?? (() => new Date())
  }

  /** Sweeps again and again, with `intervalMs` milliseconds in between. Does not keep the process alive. */
  start(intervalMs: number): void {
    if (this.#isStopped) return
    this.#timer = setTimeout(() => {
      this.#running = this.#trySweep().finally(() => this.start(intervalMs))
    }, intervalMs).unref()
  }

  /** Resolves when the sweep that is under way, if any, has ended. There is none after it. */
  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#timer)
    await this.#running
  }

  /** One sweep: until nothing is left, or until `stop`. @throws when the database is away */
  async sweep(): Promise<void> {
    const now = this.#now()
    await this.#sweepHolds(now.toISOString())
    if (now.getTime() < this.#keysSweptAt + KEYS_EVERY_MS) return
    await this.#sweepKeys(now.toISOString())
    this.#keysSweptAt = now.getTime()
  }

  async #sweepHolds(now: string): Promise<void> {
    const { store, courses } = this.#options
    if (!(await store.hasOverdueHolds(now))) return
    await announce(channels.step, { name: 'sweep_expired_holds' }, async () => {
      let expired: number
      do {
        const moved = await store.expireHolds(now, HOLDS_AT_ONCE)
        await afterMoves(moved, courses)
        expired = moved.length
      } while (expired === HOLDS_AT_ONCE && !this.#isStopped)
    })
  }

  async #sweepKeys(now: string): Promise<void> {
    let deleted: number
    do deleted = await this.#options.store.deleteKeys(now, KEYS_AT_ONCE)
    while (deleted === KEYS_AT_ONCE && !this.#isStopped)
  }

  async #trySweep(): Promise<void> {
    const { database, log } = this.#options
    try {
      // Statements that fail are announced, and so logged; asking whether the database is back is not.
      if (this.#isFailing) await database.ping()
      await this.sweep()
      if (this.#isFailing) log.info('overdue holds are expired again')
      this.#isFailing = false
    } catch (err) {
      if (!this.#isFailing) log.warn({ err }, 'overdue holds cannot be expired now; trying again')
      this.#isFailing = true
    }
  }
}
