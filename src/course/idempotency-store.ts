import { eq, lte } from 'drizzle-orm'
import type { Database, Queries } from '../platform/database.ts'
import { DomainError } from '../platform/domain-error.ts'
import { BookingStore } from './booking-store.ts'
import { type Idempotency, KEY_LIFETIME_MS } from './idempotency.ts'
import { answerFrom, isAnswer, type Outcome, recordOf } from './recorded-answer.ts'
import { idempotencyKeys } from './schema.ts'

/** A command with its key. */
export interface KeyedCommand extends Idempotency {
  readonly fingerprint: string
  readonly now: Date
}

type Work = (bookings: BookingStore, now: Date) => Promise<Outcome>

/**
 * Stores the answers to commands by their idempotency keys. The key, the command's effect and its answer are written
 * in one transaction, so a crash leaves either all of them or none.
 */
export class IdempotencyStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /**
   * Executes a command, or repeats its answer if it was executed before. Of concurrent requests with the same key one
   * executes the command, and the others wait for its answer.
   *
   * @param work uses only the store that it is given, which works in the transaction. Throwing rolls back its changes;
   *   returning an error as the answer does not.
   * @throws DomainError idempotency_key_reused: the key belongs to another command
   * @throws what `work` throws, if that is not an answer; the key then stays unused
   */
  async once(command: KeyedCommand, work: Work): Promise<Outcome> {
    const outcome = await this.#attempt(command, work).catch((error: unknown) => {
      if (!isAnswer(error)) throw error
      // The rollback has also released the key. If another request has claimed it since, its answer counts.
      return this.#attempt(command, async () => ({ answer: error }))
    })
    if (outcome.replayed) command.onReplay?.()
    return outcome
  }

  #attempt(command: KeyedCommand, work: Work): Promise<Outcome & { replayed?: boolean }> {
    return this.#database.transaction(async (tx, share) => {
      const bookings = new BookingStore({
        run: async (work) => await work(tx),
        transaction: (work) => work(tx, share),
        share,
      })
      if (!(await claim(tx, command))) return { answer: await recall(tx, command, bookings), replayed: true }
      const outcome = await work(bookings, command.now)
      const answer = recordOf(outcome.answer)
      await tx.update(idempotencyKeys).set({ answer }).where(eq(idempotencyKeys.key, command.key))
      return outcome
    })
  }
}

/** Waits while another transaction holds the key. Returns whether the key is ours: it was new or has expired. */
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
  if (known?.fingerprint !== fingerprint) throw keyReused()
  if (known.answer === null) throw new Error('An idempotency key has been committed without its answer.')
  return answerFrom(known.answer, (bookingId) => bookings.find(bookingId))
}

function keyReused(): DomainError {
  const message = 'The idempotency key was used for another request. Use a new one for each request.'
  const field = { path: '/idempotency-key', message: 'was used for another request' }
  return new DomainError('idempotency_key_reused', message, [field])
}
