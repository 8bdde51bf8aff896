import { setTimeout as delay } from 'node:timers/promises'
import { DomainError } from '../../../src/platform/domain-error.ts'
import { startDependency } from '../dependency.ts'
import type { Fault } from '../fault.ts'

interface Parameters {
  /** How long the app waits for a receipt. */
  readonly timeoutMs: number
}

/** How many times longer than the app waits the service takes, once it is slow. */
const TOO_LONG = 3

/** The service that writes receipts becomes slower than the app is patient, so that no payment can be completed. */
export const shortTimeout: Fault<Parameters> = {
  parameters: (random) => ({ timeoutMs: 50 * random.number(3, 6) }),

  plugin: async (app, { parameters: { timeoutMs }, onBegin }) => {
    let takesMs = 5
    const receipts = await startDependency(app, async (_request, response) => {
      await delay(takesMs)
      response.end('receipt')
    })

    async function writeReceipt(): Promise<void> {
      try {
        const response = await fetch(`${receipts}/receipts`, { method: 'POST', signal: AbortSignal.timeout(timeoutMs) })
        await response.text()
      } catch (error) {
        throw new DomainError('unavailable', 'The receipt cannot be written just now.', [], { cause: error })
      }
    }

    app.addHook('onReady', async () => {
      const service = app.course.bookings
      const complete = service.completeBooking.bind(service)
      service.completeBooking = async (bookingId, idempotency) => {
        await writeReceipt()
        return complete(bookingId, idempotency)
      }
    })

    onBegin(() => {
      takesMs = TOO_LONG * timeoutMs
    })
  },
}
