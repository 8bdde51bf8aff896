import { createHash } from 'node:crypto'
import { format } from './uuidv7.ts'

/** A batch of the seed. Its times are in days from the day of seeding. */
export interface SeedBatch {
  readonly name: string
  readonly startsIn: number
  readonly days: number
  readonly seats: number
  /** Seats that are not for sale. All of them: the batch is sold out. */
  readonly unavailable?: number
  readonly price: number
  readonly currency: string
}

export interface SeedCourse {
  readonly slug: string
  readonly name: string
  readonly description: string
  readonly batches: readonly SeedBatch[]
}

const FIRST_COURSE = Date.UTC(2025, 0, 6, 9)
const HOUR = 3_600_000
const KIND = { course: 1, batch: 2, booking: 3 } as const

/** The creation time of the seed's nth course: in the past, so that lists show courses of users first. */
export function seedTime(index: number): number {
  return FIRST_COURSE + index * HOUR
}

/** A well-known id: `01943ad7-aa80-7001-8000-000000000000` is the first course, everywhere and always. */
export function knownId(kind: keyof typeof KIND, index: number): string {
  const bytes = Buffer.alloc(16)
  bytes.writeUInt32BE(index, 12)
  return format(FIRST_COURSE, KIND[kind], bytes)
}

/** An id that follows from what it is for. */
export function derivedId(time: number, ...purpose: readonly (string | number)[]): string {
  const bytes = createHash('sha256').update(purpose.join('/')).digest().subarray(0, 16)
  return format(time, bytes.readUInt16BE(0) & 0xfff, bytes)
}

/** What the examples in the API's documentation refer to, so that they work when tried. */
export const exampleIds = {
  course: knownId('course', 0),
  batch: knownId('batch', 0),
  createdBooking: knownId('booking', 0),
  reservedBooking: knownId('booking', 1),
  expirableBooking: knownId('booking', 2),
  completedBooking: knownId('booking', 3),
} as const

export const catalogue: readonly SeedCourse[] = [
  {
    slug: 'observability-from-scratch',
    name: 'Observability from Scratch',
    description: 'From the first log line to a trace that crosses services. Bring a laptop; leave with dashboards.',
    batches: [
      { name: 'Next month, evenings', startsIn: 30, days: 20, seats: 24, price: 49_000, currency: 'EUR' },
      { name: 'Next quarter, weekends', startsIn: 95, days: 30, seats: 30, price: 52_000, currency: 'EUR' },
    ],
  },
  {
    slug: 'prometheus-in-practice',
    name: 'Prometheus in Practice',
    description: 'Counters, gauges and histograms, PromQL that holds up, and alerts that people do not mute.',
    batches: [
      { name: 'Last run', startsIn: -60, days: 14, seats: 20, unavailable: 20, price: 39_000, currency: 'EUR' },
      { name: 'Evenings', startsIn: 21, days: 14, seats: 20, unavailable: 18, price: 39_000, currency: 'EUR' },
    ],
  },
  {
    slug: 'distributed-tracing-workshop',
    name: 'Distributed Tracing Workshop',
    description: 'Two days of spans: context propagation, sampling, and reading a trace like a detective.',
    batches: [
      { name: 'Berlin', startsIn: 14, days: 2, seats: 12, unavailable: 11, price: 89_000, currency: 'EUR' },
      { name: 'Remote', startsIn: 45, days: 2, seats: 40, price: 69_000, currency: 'EUR' },
    ],
  },
  {
    slug: 'incident-response-game-day',
    name: 'Incident Response Game Day',
    description: 'We break it, you find it. One day, one pager, no slides. Sold out every time.',
    batches: [
      { name: 'Autumn edition', startsIn: 28, days: 1, seats: 16, unavailable: 16, price: 25_000, currency: 'USD' },
    ],
  },
  {
    slug: 'node-js-performance',
    name: 'Node.js Performance',
    description: 'Event loop, garbage collector, flame graphs: find the slow part, prove it, make it fast.',
    batches: [
      { name: 'Remote, mornings', startsIn: 10, days: 5, seats: 25, unavailable: 3, price: 74_500, currency: 'USD' },
      { name: 'Remote, evenings', startsIn: 40, days: 5, seats: 25, price: 74_500, currency: 'USD' },
    ],
  },
  {
    slug: 'postgresql-for-application-developers',
    name: 'PostgreSQL for Application Developers',
    description:
      'Indexes, transactions, locks and query plans: what you need so that the database is never the mystery.',
    batches: [
      { name: 'Spring cohort', startsIn: 35, days: 28, seats: 50, unavailable: 12, price: 32_000, currency: 'EUR' },
      { name: 'Summer cohort', startsIn: 120, days: 28, seats: 50, price: 34_000, currency: 'EUR' },
    ],
  },
  {
    slug: 'structured-logging-that-helps',
    name: 'Structured Logging That Helps',
    description: 'What to log, at which level, with which fields, and what to leave out for the sake of your users.',
    batches: [
      { name: 'Short course', startsIn: 7, days: 3, seats: 100, unavailable: 40, price: 9_900, currency: 'EUR' },
    ],
  },
  {
    slug: 'service-level-objectives',
    name: 'Service Level Objectives',
    description: 'Choose indicators that your users feel, set budgets, and argue with numbers.',
    batches: [
      { name: 'London', startsIn: 18, days: 2, seats: 18, unavailable: 15, price: 64_000, currency: 'GBP' },
      { name: 'Remote', startsIn: 60, days: 2, seats: 30, price: 48_000, currency: 'GBP' },
    ],
  },
  {
    slug: 'grafana-dashboards-people-read',
    name: 'Grafana Dashboards People Read',
    description: 'From a wall of graphs to one page that answers the question. With the queries to steal.',
    batches: [{ name: 'Remote', startsIn: 25, days: 4, seats: 35, unavailable: 9, price: 29_000, currency: 'USD' }],
  },
  {
    slug: 'opentelemetry-collector-deep-dive',
    name: 'OpenTelemetry Collector Deep Dive',
    description: 'Receivers, processors, exporters; tail sampling; and what to do when the backend is away.',
    batches: [
      { name: 'Tokyo', startsIn: 50, days: 3, seats: 15, unavailable: 5, price: 98_000, currency: 'JPY' },
      { name: 'Remote', startsIn: 80, days: 3, seats: 40, price: 55_000, currency: 'USD' },
    ],
  },
  {
    slug: 'kubernetes-for-the-on-call',
    name: 'Kubernetes for the On-Call',
    description: 'The twenty commands and the five failure modes that cover most nights.',
    batches: [
      { name: 'Remote, weekend', startsIn: 12, days: 2, seats: 60, unavailable: 31, price: 19_900, currency: 'USD' },
    ],
  },
  {
    slug: 'first-steps-in-typescript',
    name: 'First Steps in TypeScript',
    description: 'For everybody who writes JavaScript and wants the compiler on their side. Free of charge.',
    batches: [
      {
        name: 'Self-paced, this month',
        startsIn: 5,
        days: 30,
        seats: 500,
        unavailable: 120,
        price: 0,
        currency: 'EUR',
      },
      { name: 'Self-paced, next month', startsIn: 35, days: 30, seats: 500, price: 0, currency: 'EUR' },
    ],
  },
]

const topics = [
  'Logging',
  'Metrics',
  'Tracing',
  'Profiling',
  'Alerting',
  'Caching',
  'Messaging',
  'Testing',
  'Security',
  'Scaling',
]
const kinds = ['Essentials', 'in Practice', 'Workshop', 'Masterclass', 'Clinic', 'Bootcamp']
const places = ['Remote', 'Berlin', 'London', 'Lisbon', 'Toronto', 'Singapore']
const currencies = ['EUR', 'USD', 'GBP']

/** The nth course beyond the catalogue. The same seed and index give the same course. */
export function inventedCourse(seed: number, index: number): SeedCourse {
  const dice = createHash('sha256').update(`${seed}/course/${index}`).digest()
  const pick = <T>(from: readonly T[], die: number) => from[dice.readUInt16BE(die * 2) % from.length] as T
  const name = `${pick(topics, 0)} ${pick(kinds, 1)}`
  return {
    slug: `${name.toLowerCase().replaceAll(' ', '-')}-${seed}-${index + 1}`,
    name,
    description: `${name}, course number ${index + 1}.`,
    batches: Array.from({ length: 1 + (dice.readUInt8(8) % 4) }, (_, batch) => ({
      name: pick(places, 5 + batch),
      startsIn: 5 + batch * 30 + (dice.readUInt8(20 + batch) % 25),
      days: 1 + (dice.readUInt8(24 + batch) % 20),
      seats: 10 + (dice.readUInt8(28 + batch) % 90),
      price: 1_000 * (5 + (dice.readUInt8(9) % 90)),
      currency: pick(currencies, 5),
    })),
  }
}
