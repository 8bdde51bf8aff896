import { setTimeout as delay } from 'node:timers/promises'
import { announce, channels } from '../../../phases/announcements.ts'
import type { NewBooking } from '../../../src/course/booking.ts'
import { DomainError } from '../../../src/platform/domain-error.ts'
import { startDependency } from '../dependency.ts'
import { COUNTRIES } from '../everyday-traffic.ts'
import type { Fault } from '../fault.ts'

interface Parameters {
  /** Attempts of the booking service, and attempts of its registry client within each of them. */
  readonly serviceTries: number
  readonly clientTries: number
  /** The country whose registry fails. */
  readonly country: string
}

/** Two nested layers retry without a pause while the registry fails. */
export const retryStorm: Fault<Parameters> = {
  parameters: (random) => ({
    serviceTries: random.number(3, 4),
    clientTries: random.number(2, 3),
    country: random.pick(COUNTRIES).country,
  }),

  plugin: async (app, { parameters: { serviceTries, clientTries, country: failingCountry }, onBegin }) => {
    let isFailing = false
    const registry = await startDependency(app, async ({ url }, response) => {
      await delay(10)
      response.statusCode = isFailing && url === `/customers/${failingCountry}` ? 503 : 200
      response.end()
    })

    app.addHook('onReady', async () => {
      const service = app.course.bookings
      const create = service.createBooking.bind(service)
      service.createBooking = async (booking, idempotency) => {
        const country = countryOf(booking)
        await retry(serviceTries, () =>
          announce(channels.step, { name: 'verify_customer' }, () =>
            retry(clientTries, () => askRegistry(`${registry}/customers/${country}`)),
          ),
        )
        return create(booking, idempotency)
      }
    })

    onBegin(() => {
      isFailing = true
    })
  },
}

async function askRegistry(url: string): Promise<void> {
  const response = await fetch(url)
  await response.text()
  if (!response.ok) throw new DomainError('unavailable', 'The customer cannot be verified just now.')
}

/** Retries without a pause, which is the fault. */
async function retry(tries: number, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (tries === 1) throw error
    await retry(tries - 1, work)
  }
}

function countryOf({ customer }: NewBooking): string {
  const phone = customer?.phone
  return COUNTRIES.find(({ dialingCode }) => phone?.startsWith(`+${dialingCode}`))?.country ?? 'other'
}
