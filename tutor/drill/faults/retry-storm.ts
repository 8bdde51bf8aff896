import { setTimeout as delay } from 'node:timers/promises'
import { announce, channels } from '../../../phases/announcements.ts'
import type { NewBooking } from '../../../src/course/booking.ts'
import { DomainError } from '../../../src/platform/domain-error.ts'
import { COUNTRIES } from '../everyday-traffic.ts'
import type { Fault } from '../fault.ts'
import { serveBeside } from '../local-server.ts'

interface Parameters {
  /** How often the booking service tries, and how often its client for the registry does within each try. */
  readonly serviceTries: number
  readonly clientTries: number
  /** Whose registry is in trouble. */
  readonly country: string
}

/** Two layers that each try again at once, on top of each other, while what they call is in trouble. */
export const retryStorm: Fault<Parameters> = {
  parameters: (dice) => ({
    serviceTries: dice.number(3, 4),
    clientTries: dice.number(2, 3),
    country: dice.pick(COUNTRIES).country,
  }),

  plugin: async (app, { parameters: { serviceTries, clientTries, country: troubled }, onBegin }) => {
    let inTrouble = false
    const registry = await serveBeside(app, async ({ url }, response) => {
      await delay(10)
      response.statusCode = inTrouble && url === `/customers/${troubled}` ? 503 : 200
      response.end()
    })

    app.addHook('onReady', async () => {
      const service = app.course.bookings
      const create = service.createBooking.bind(service)
      service.createBooking = async (booking, idempotency) => {
        const country = countryOf(booking)
        await retrying(serviceTries, () =>
          announce(channels.step, { name: 'verify_customer' }, () =>
            retrying(clientTries, () => askRegistry(`${registry}/customers/${country}`)),
          ),
        )
        return create(booking, idempotency)
      }
    })

    onBegin(() => {
      inTrouble = true
    })
  },
}

async function askRegistry(url: string): Promise<void> {
  const response = await fetch(url)
  await response.text()
  if (!response.ok) throw new DomainError('unavailable', 'The customer cannot be verified just now.')
}

/** Tries again at once, which is the fault. */
async function retrying(tries: number, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (tries === 1) throw error
    await retrying(tries - 1, work)
  }
}

function countryOf({ customer }: NewBooking): string {
  const phone = customer?.phone
  return COUNTRIES.find(({ dialingCode }) => phone?.startsWith(`+${dialingCode}`))?.country ?? 'other'
}
