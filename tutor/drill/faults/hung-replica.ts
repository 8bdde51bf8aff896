import { setTimeout as delay } from 'node:timers/promises'
import type {} from '../../../phases/phase.ts'
import { startDependency } from '../dependency.ts'
import type { Fault } from '../fault.ts'

interface Parameters {
  /** How long the app waits for a replica before it asks the next one. */
  readonly timeoutMs: number
}

export const REPLICAS = 3

/**
 * One of the replicas of the fraud check accepts requests and never answers them. In the same second a signing key is
 * rotated, and requests with an old session log a warning, which is harmless: a red herring.
 */
export const hungReplica: Fault<Parameters> = {
  parameters: (random) => ({ timeoutMs: 100 * random.number(6, 10) }),

  plugin: async (app, { parameters: { timeoutMs }, onBegin }) => {
    let hasBegun = false
    let requests = 0
    let checks = 0
    const replicas = await Promise.all(
      Array.from({ length: REPLICAS }, (_, number) =>
        startDependency(app, async (_request, response) => {
          if (hasBegun && number === 0) return
          await delay(5)
          response.end('no fraud')
        }),
      ),
    )

    async function checkForFraud(): Promise<void> {
      const first = checks++
      for (let turn = 0; turn < REPLICAS; turn++) {
        const replica = replicas[(first + turn) % REPLICAS]
        try {
          const response = await fetch(`${replica}/fraud-checks`, {
            method: 'POST',
            signal: AbortSignal.timeout(timeoutMs),
          })
          await response.text()
          return
        } catch (error) {
          if ((error as Error).name !== 'TimeoutError') throw error // the next replica may answer
        }
      }
    }

    app.addHook('onReady', async () => {
      const service = app.course.bookings
      const create = service.createBooking.bind(service)
      service.createBooking = async (booking, idempotency) => {
        await checkForFraud()
        return create(booking, idempotency)
      }
    })

    app.addHook('onRequest', async ({ routeOptions: { url = '' }, log }) => {
      if (!hasBegun || !url.startsWith('/v1/')) return
      // Every other session is an old one.
      if (requests++ % 2 === 0) log.warn({ route: url, key: '2026-05' }, 'the session is signed with the old key')
    })

    onBegin(() => {
      hasBegun = true
      app.log.info({ key: '2026-11', old_key: '2026-05' }, 'the signing key has been rotated')
    })
  },
}
