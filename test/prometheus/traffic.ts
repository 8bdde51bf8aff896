import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import { httpClient } from '../../testkit/http.ts'

export interface Traffic {
  /** Trace ids of its requests. */
  readonly traceIds: ReadonlySet<string>
  /** Whether `/error` is requested. */
  errors: boolean
}

interface Batch {
  readonly batch_id: string
  readonly available_seats: number
}

interface Course {
  readonly course_id: string
  readonly batches: readonly Batch[]
}

/** Sends requests of all kinds, one after the other, until the test ends. */
export async function startTraffic(t: Test, url: string): Promise<Traffic> {
  const { sendJson } = httpClient(t)
  const traceIds = new Set<string>()
  const traffic = { traceIds, errors: true }

  async function send<T = { booking_id: string }>(method: string, path: string, json?: object): Promise<T> {
    const traceId = randomBytes(16).toString('hex')
    traceIds.add(traceId)
    const headers = { traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01` }
    return (await sendJson<T>(url + path, { method, headers, json })).body
  }
  const get = (path: string) => send('GET', path)

  const { courses } = await send<{ courses: Course[] }>('GET', '/v1/courses?include=batches')
  const seats = courses.flatMap(({ course_id, batches }) =>
    batches.map(({ batch_id, available_seats }) => ({ course_id, batch_id, available_seats })),
  )
  const full = seats.find(({ available_seats }) => available_seats === 0)
  const free = seats.find(({ available_seats }) => available_seats > 10)
  if (full === undefined || free === undefined) throw new Error('the seed has no full batch, or none with free seats')

  const book = (batch: Omit<Batch, 'available_seats'> & { course_id: string }) =>
    send('POST', '/v1/bookings', { course_id: batch.course_id, batch_id: batch.batch_id, user_id: 'u1' })
  const reserve = async () => {
    const { booking_id } = await book(free)
    await send('POST', `/v1/bookings/${booking_id}:reserve`)
    return booking_id
  }

  async function round(): Promise<void> {
    for (const path of ['/hello', '/slow?ms=5', '/external', '/propagation', `/v1/courses/${free?.course_id}`])
      await get(path)
    if (traffic.errors) await get('/error?status=500')
    await send('POST', `/v1/bookings/${await reserve()}:expire`)
    await book(full as typeof free & object)
  }

  await reserve() // not completed, so that a seat stays held
  await send('POST', `/v1/bookings/${await reserve()}:complete`)
  let over = false
  const goOn = async () => {
    while (!over) {
      await round()
      await sleep(20)
    }
  }
  const running = Promise.allSettled([goOn()])
  t.teardown(async () => {
    over = true
    const [outcome] = await running
    if (outcome.status === 'rejected') throw outcome.reason
  })
  return traffic
}
