import { eq, lte } from 'drizzle-orm'
import type { Database, Queries } from '../platform/database.ts'
import type { Booking } from './booking.ts'
import { BookingStore } from './booking-store.ts'
import { IdempotencyKeyReused, KEY_LIFETIME_MS } from './idempotency.ts'
import { answerFrom, isAnswer, type Outcome, recordOf } from './recorded-answer.ts'
import { idempotencyKeys } from './schema.ts'

/** A command with its key. */
export interface KeyedCommand {
  readonly key: string
  readonly fingerprint: string
  readonly now: Date
}

/**
 * Remembers the answers to commands by their idempotency keys. A key, the effect of its command and the
 * answer are written in one transaction: either all of them are there, after a crash too, or none.
 */
export class IdempotencyStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /**
   * Carries a command out, unless that has been done: then it gives the same answer. Of those that arrive
   * at once one does the work, and the others wait for its answer.
   *
   * @param work uses nothing but the store that it is given, which works in the transaction. A failure that
   *   it throws undoes what it has done; one that it gives as its answer does not.
   * @throws IdempotencyKeyReused the key belongs to another command
   * @throws what `work` throws, if that is not an answer; the key is then as if it had never been used
   */
  async once(
    command: KeyedCommand,
    work: (bookings: BookingStore) => Promise<Outcome>,
  ): Promise<Outcome & { replayed: boolean }> {
    try {
      return await this.#attempt(command, work)
    } catch (error) {
      if (!isAnswer(error)) throw error
      // It has undone the claim of the key as well. Whoever has claimed it since gives the answer now.
      return await this.#attempt(command, async () => ({ answer: error }))
    }
  }

  #attempt(command: KeyedCommand, work: (bookings: BookingStore) => Promise<Outcome>) {
    return this.#database.transaction(async (tx, share) => {
      const bookings = new BookingStore({
        run: async (work) => await work(tx),
        transaction: (work) => work(tx, share),
        share,
      })
      if (!(await claim(tx, command))) return { answer: await recall(tx, command, bookings), replayed: true }
      const outcome = await work(bookings)
      const answer = recordOf(outcome.answer)
      await tx.update(idempotencyKeys).set({ answer }).where(eq(idempotencyKeys.key, command.key))
      return { ...outcome, replayed: false }
    })
  }
}

/** Waits while another transaction has the key. Tells whether the key is ours: it was new, or its time is over. */
async function claim(tx: Queries, { key, fingerprint, now }: KeyedCommand): Promise<boolean> {
  const expires_at = new Date(now.getTime() + KEY_LIFETIME_MS).toISOString()
  const claimed = await tx
    .insert(idempotencyKeys)
    .values({ key, fingerprint, expires_at })
    .onConflictDoUpdate({
      target: idempotencyKeys.key,
      set: { fingerprint, expires_at, answer: null },
      setWhere: lte(idempotencyKeys.expires_at, now.toISOString()),
    })
    .returning({ key: idempotencyKeys.key })
  return claimed.length === 1
}

async function recall(tx: Queries, { key, fingerprint }: KeyedCommand, bookings: BookingStore) {
  const [known] = await tx.select().from(idempotencyKeys).where(eq(idempotencyKeys.key, key))
  if (known?.fingerprint !== fingerprint) throw new IdempotencyKeyReused()
  if (known.answer === null) throw new Error('An idempotency key has been committed without its answer.')
  return answerFrom(known.answer, (bookingId: string): Promise<Booking | undefined> => bookings.find(bookingId))
}
