import { metricOf, type Reading, type Series } from './metric-reader.ts'
import type { Exemplar, Metrics, RouteTotals, Sample } from './wire.ts'

const COUNT = 'http_server_request_count_total'
const DURATION = 'http_server_request_duration_seconds'
const ACTIVE = 'http_server_requests_active'
const CACHE = 'cache_requests_total'
const BOOKINGS = 'booking_status_total'

/** Routes are templates in the code, so there are few; more than this are left out. */
const MAX_ROUTES = 40

const MAX_EXEMPLARS = 1000

/**
 * The data of the charts, one sample a second. A sample aggregates by route and shares unchanged parts with the
 * previous one, so an idle quarter of an hour takes almost no memory.
 */
export class MetricHistory {
  readonly #size: number
  readonly #samples: Sample[] = []
  readonly #exemplars: Exemplar[] = []
  /** The last exemplar of each bucket, to detect new ones. */
  #known = new Set<string>()
  #bounds: (number | null)[] = []

  /** @param size maximum number of samples */
  constructor(size: number) {
    this.#size = size
  }

  get last(): Sample | undefined {
    return this.#samples.at(-1)
  }

  since(time: number): Metrics {
    return {
      samples: this.#samples.filter((sample) => sample.time > time),
      bounds: this.#bounds,
      exemplars: this.#exemplars.filter((exemplar) => exemplar.time > time),
    }
  }

  /** Adds a sample. @returns the new exemplars */
  add({ time, families, lag }: Reading): Exemplar[] {
    const seriesOf = (name: string) => {
      const family = families.get(name)
      return family === undefined ? [] : metricOf(family).series
    }
    const before = this.last
    const durations = seriesOf(DURATION)
    this.#bounds = boundsOf(durations) ?? this.#bounds
    this.#keep({
      time,
      routes: sharing(before?.routes, routeTotals(seriesOf(COUNT), durations)),
      active: seriesOf(ACTIVE)[0]?.value ?? 0,
      cache: cacheTotals(seriesOf(CACHE)),
      bookings: Object.fromEntries(seriesOf(BOOKINGS).map(({ labels, value }) => [labels.status as string, value])),
      event_loop_lag: { p50: lag.nodejs_eventloop_lag_p50_seconds, p99: lag.nodejs_eventloop_lag_p99_seconds },
    })
    return this.#keepExemplars(durations)
  }

  #keep(sample: Sample): void {
    this.#samples.push(sample)
    if (this.#samples.length > this.#size) this.#samples.shift()
    const [oldest] = this.#samples
    while (this.#exemplars.length > MAX_EXEMPLARS || (this.#exemplars[0]?.time ?? sample.time) < (oldest?.time ?? 0)) {
      this.#exemplars.shift()
    }
  }

  #keepExemplars(durations: readonly Series[]): Exemplar[] {
    const exemplars = durations.flatMap(({ exemplar, labels }) => {
      const { trace_id, span_id } = exemplar?.labels ?? {}
      if (exemplar === undefined || trace_id === undefined || span_id === undefined) return []
      const { method = '', route = '', status = '' } = labels
      return [{ trace_id, span_id, time: exemplar.time, value: exemplar.value, method, route, status }]
    })
    const known = this.#known
    this.#known = new Set(exemplars.map(({ span_id }) => span_id))
    const fresh = exemplars.filter(({ span_id }) => !known.has(span_id)).sort((a, b) => a.time - b.time)
    this.#exemplars.push(...fresh)
    return fresh
  }
}

function boundsOf(durations: readonly Series[]): (number | null)[] | undefined {
  const first = durations[0]
  if (first === undefined) return undefined
  const { le: _, ...labels } = first.labels
  return durations
    .filter((series) => series.labels.le !== undefined)
    .filter((series) => Object.entries(labels).every(([name, value]) => series.labels[name] === value))
    .map(({ labels: { le } }) => (le === '+Inf' ? null : Number(le)))
}

type Writable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer Item)[] ? Item[] : T[K] }

function routeTotals(counts: readonly Series[], durations: readonly Series[]): Record<string, RouteTotals> {
  const routes: Record<string, Writable<RouteTotals>> = {}
  const totalsOf = ({ labels: { route = '' } }: Series): Writable<RouteTotals> | undefined => {
    const isNew = routes[route] === undefined
    if (isNew && Object.keys(routes).length >= MAX_ROUTES) return undefined
    routes[route] ??= { requests: 0, client_errors: 0, server_errors: 0, duration_sum: 0, buckets: [] }
    return routes[route]
  }
  for (const series of counts) {
    const totals = totalsOf(series)
    if (totals === undefined) continue
    totals.requests += series.value
    const status = Number(series.labels.status)
    if (status >= 500) totals.server_errors += series.value
    else if (status >= 400) totals.client_errors += series.value
  }
  let bucket = 0 // per set of labels: the buckets in order, then the sum and the count
  for (const series of durations) {
    const totals = totalsOf(series)
    if (totals === undefined) continue
    if (series.name.endsWith('_bucket')) {
      totals.buckets[bucket] = (totals.buckets[bucket] ?? 0) + series.value
      bucket++
    } else {
      bucket = 0
      if (series.name.endsWith('_sum')) totals.duration_sum += series.value
    }
  }
  return routes
}

/** Returns the previous object for a route without new requests. */
function sharing(before: Sample['routes'] = {}, now: Record<string, RouteTotals>): Sample['routes'] {
  for (const route of Object.keys(now)) {
    const old = before[route]
    if (old !== undefined && old.requests === now[route]?.requests) now[route] = old
  }
  const isSame = Object.keys(now).length === Object.keys(before).length
  return isSame && Object.keys(now).every((route) => now[route] === before[route]) ? before : now
}

function cacheTotals(series: readonly Series[]): Sample['cache'] {
  const total = (result: string) =>
    series.find(({ labels }) => labels.operation === 'GET' && labels.result === result)?.value ?? 0
  return { hit: total('hit'), miss: total('miss'), error: total('error') }
}
