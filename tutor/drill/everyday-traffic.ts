import { knownId } from '../../src/course/seed-data.ts'
import type { Client, Stream } from './traffic.ts'

/** Customers are `customer-1` to this number. */
export const CUSTOMERS = 4000

/** The course with the most seats, so that it does not sell out during a drill. */
const LARGE_COURSE = knownId('course', 11)
const COURSES = 12

/** Normal traffic: most users browse, some book, a few requests call the partner. */
export const everydayTraffic: readonly Stream[] = [
  { everyMs: 700, act: (client) => client.get('/hello') },
  { everyMs: 600, act: (client) => client.get('/v1/courses?page_size=5') },
  {
    everyMs: 300,
    act: (client) => client.get(`/v1/courses/${knownId('course', client.random.number(0, COURSES - 1))}`),
  },
  { everyMs: 500, act: (client) => client.get(`/v1/bookings?user_id=${customer(client)}`) },
  { everyMs: 1500, act: bookSeat },
  { everyMs: 1500, act: (client) => client.get('/external') },
  { everyMs: 1500, act: (client) => client.get('/propagation') },
]

/** Books, reserves and pays; stops at the first step that fails. */
export async function bookSeat(client: Client): Promise<void> {
  const { country, dialingCode } = client.random.pick(COUNTRIES)
  const name = `Customer of ${country}`
  const customerData = { name, email: 'customer@example.com', phone: `+${dialingCode} 170 5550100` }
  const created = await client.post('/v1/bookings', {
    course_id: LARGE_COURSE,
    user_id: customer(client),
    customer: customerData,
  })
  if (created.status !== 201) return
  const booking = `/v1/bookings/${created.body?.booking_id}`
  const reserved = await client.post(`${booking}:reserve`)
  if (reserved.status === 200) await client.post(`${booking}:complete`)
}

function customer({ random }: Client): string {
  return `customer-${random.number(1, CUSTOMERS)}`
}

/** Countries of customers, recognizable by their phone numbers. */
export const COUNTRIES = [
  { country: 'DE', dialingCode: '49' },
  { country: 'FR', dialingCode: '33' },
  { country: 'GB', dialingCode: '44' },
] as const
