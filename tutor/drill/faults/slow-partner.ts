import { setTimeout as delay } from 'node:timers/promises'
import { eq } from 'drizzle-orm'
import { bookings } from '../../../src/course/schema.ts'
import { DomainError } from '../../../src/platform/domain-error.ts'
import type { Fault } from '../fault.ts'
import { serveBeside } from '../local-server.ts'

interface Parameters {
  /** How long the payment provider takes once it is slow, in milliseconds. */
  readonly slowMs: number
}

/** A booking is paid inside a transaction, and then the payment provider gets slow. */
export const slowPartner: Fault<Parameters> = {
  parameters: (dice) => ({ slowMs: 100 * dice.number(8, 12) }),

  plugin: async (app, { parameters, onBegin }) => {
    let takesMs = 5
    const provider = await serveBeside(app, async (_request, response) => {
      await delay(takesMs)
      response.end('paid')
    })

    app.addHook('onReady', async () => {
      const { bookings: service } = app.course
      const complete = service.completeBooking.bind(service)
      service.completeBooking = async (bookingId, idempotency) => {
        await app.database.transaction(async (tx) => {
          // Locked, so that nobody pays for the same booking twice.
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
