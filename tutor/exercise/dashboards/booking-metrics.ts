import { Labels } from '../../../query/series/labels.ts'
import type { SeriesStore } from '../../../query/series/store.ts'
import { type Durations, type Instance, SCRAPE_INTERVAL, START, scrapeAll } from '../queries/service-metrics.ts'

/** Statements of one kind that an instance sends to the database. */
export interface Statements {
  readonly operation: string
  readonly table: string
  /** Per second. */
  readonly rate: number
  readonly durations: Durations
}

/** An instance of the booking service. */
export interface BookingInstance extends Instance {
  /** Bookings per second that reach each status. */
  readonly statuses: Readonly<Record<string, number>>
  readonly statements: readonly Statements[]
}

/** The upper bounds of the buckets of `db_client_operation_duration_seconds`. */
const BOUNDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, Number.POSITIVE_INFINITY]

/** Scrapes instances, with what they count of bookings and of the database. */
export function scrapeBookings(instances: readonly BookingInstance[], minutes: number): SeriesStore {
  const store = scrapeAll(instances, minutes)
  for (const [i, instance] of instances.entries()) {
    const counters = countersOf(instance)
    for (let second = (i * 4) % SCRAPE_INTERVAL; second <= minutes * 60; second += SCRAPE_INTERVAL) {
      const begun = Math.max(0, ...(instance.restarts ?? []).filter((restart) => restart <= second))
      for (const [labels, rate] of counters) store.append(labels, START + second * 1000, rate * (second - begun))
    }
  }
  return store
}

/** Counters, and by how much each grows in a second. */
function countersOf({ instance, job = 'course-app', statuses, statements }: BookingInstance): [Labels, number][] {
  const series = (name: string, labels: Readonly<Record<string, string>>) =>
    Labels.of({ __name__: name, job, instance, ...labels })
  return [
    ...Object.entries(statuses).map(([status, rate]): [Labels, number] => [
      series('booking_status_total', { status }),
      rate,
    ]),
    ...statements.flatMap(({ operation, table, rate, durations }) => {
      const labels = { operation, table, outcome: 'ok' }
      const within = (bound: number) =>
        durations.filter(([seconds]) => seconds <= bound).reduce((sum, [, share]) => sum + share, 0)
      const average = durations.reduce((sum, [seconds, share]) => sum + seconds * share, 0)
      return [
        [series(`${STATEMENTS}_count`, labels), rate],
        [series(`${STATEMENTS}_sum`, labels), rate * average],
        ...BOUNDS.map((bound) => [
          series(`${STATEMENTS}_bucket`, {
            ...labels,
            le: bound === Number.POSITIVE_INFINITY ? '+Inf' : String(bound),
          }),
          rate * within(bound),
        ]),
      ] as [Labels, number][]
    }),
  ]
}

const STATEMENTS = 'db_client_operation_duration_seconds'
