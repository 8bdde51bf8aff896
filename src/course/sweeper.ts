import type { FastifyBaseLogger } from 'fastify'
import { announce, channels } from '../../phases/announcements.ts'
import type { Database } from '../platform/database.ts'
import type { Booking } from './booking.ts'
import type { CourseCache } from './course-cache.ts'
import { statusChanged } from './status-change.ts'
import type { SweepStore } from './sweep-store.ts'

export interface SweeperOptions {
  readonly store: SweepStore
  readonly courses: CourseCache
  readonly database: Pick<Database, 'ping'>
  readonly log: Pick<FastifyBaseLogger, 'info' | 'warn'>
  /** The clock. Default: the system's. */
  readonly now?: () => Date
}

/** Few enough that other transactions wait only briefly for the batches that this one locks. */
const HOLDS_PER_TRANSACTION = 100
const KEYS_PER_STATEMENT = 1000
const KEYS_EVERY_MS = 60_000

/**
 * Expires overdue holds, which frees their seats, and deletes old idempotency keys. Every replica may run a sweeper.
 * An unavailable database costs one warning, and the next sweep tries again.
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

  /** Sweeps periodically, with a pause of `intervalMs` milliseconds. Does not keep the process alive. */
  start(intervalMs: number): void {
    if (this.#isStopped) return
    this.#timer = setTimeout(() => {
      this.#running = this.#trySweep().finally(() => this.start(intervalMs))
    }, intervalMs).unref()
  }

  /** Starts no further sweep. Resolves when the running one has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#timer)
    await this.#running
  }

  /** One sweep: until nothing is left, or until `stop`. @throws when the database is unavailable */
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
      let expired: Booking[]
      do {
        expired = await store.expireHolds(now, HOLDS_PER_TRANSACTION)
        await statusChanged(expired, courses)
      } while (expired.length === HOLDS_PER_TRANSACTION && !this.#isStopped)
    })
  }

  async #sweepKeys(now: string): Promise<void> {
    let deleted: number
    do deleted = await this.#options.store.deleteKeys(now, KEYS_PER_STATEMENT)
    while (deleted === KEYS_PER_STATEMENT && !this.#isStopped)
  }

  async #trySweep(): Promise<void> {
    const { database, log } = this.#options
    try {
      // Statements that fail are logged, a ping is not: an outage costs one line.
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
