import { setTimeout as delay } from 'node:timers/promises'
import { eq } from 'drizzle-orm'
import { bookings } from '../../../src/course/schema.ts'
import { DomainError } from '../../../src/platform/domain-error.ts'
import { startDependency } from '../dependency.ts'
import type { Fault } from '../fault.ts'

interface Parameters {
  /** Latency of the payment provider once it is slow. */
  readonly slowMs: number
}

/** The payment provider, called inside a transaction, becomes slow. */
export const slowPartner: Fault<Parameters> = {
  parameters: (random) => ({ slowMs: 100 * random.number(8, 12) }),

  plugin: async (app, { parameters, onBegin }) => {
    let takesMs = 5
    const provider = await startDependency(app, async (_request, response) => {
      await delay(takesMs)
      response.end('paid')
    })

    app.addHook('onReady', async () => {
      const { bookings: service } = app.course
      const complete = service.completeBooking.bind(service)
      service.completeBooking = async (bookingId, idempotency) => {
        await app.database.transaction(async (tx) => {
          // The lock prevents a second payment for the same booking.
          const found = await tx
            .select({ price: bookings.price })
            .from(bookings)
            .where(eq(bookings.booking_id, bookingId))
            .for('update')
          if (found.length === 0) throw new DomainError('not_found', 'There is no such booking.')
          const response = await fetch(`${provider}/charges`, { method: 'POST' })
          await response.text()
        })
        return complete(bookingId, idempotency)
      }
    })

    onBegin(() => {
      takesMs = parameters.slowMs
    })
  },
}
