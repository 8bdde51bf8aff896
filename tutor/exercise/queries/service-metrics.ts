import { Labels } from '../../../query/series/labels.ts'
import { SeriesStore } from '../../../query/series/store.ts'

/** When all data of the exercises begins, in milliseconds since 1970. */
export const START: number = Date.parse('2026-01-05T12:00:00Z')

/** Seconds between two scrapes. */
export const SCRAPE_INTERVAL = 15

/** The upper bounds of the buckets of `http_server_request_duration_seconds`. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, Number.POSITIVE_INFINITY]

/** A value that may change with time, in seconds since `START`. */
export type Changing<T> = T | ((second: number) => T)

/** Durations in seconds, each with its share of the requests. Shares add up to 1. */
export type Durations = readonly (readonly [seconds: number, share: number])[]

/** Requests of one kind that an instance receives. */
export interface Load {
  readonly route: string
  /** Default `GET`. */
  readonly method?: string
  /** Default `200`. */
  readonly status?: string
  /** Requests per second. */
  readonly rate: Changing<number>
  /** Default 12 ms each. */
  readonly durations?: Changing<Durations>
}

/** A process that is scraped. Moments are seconds since `START`. */
export interface Instance {
  /** `10.0.0.1:8080` */
  readonly instance: string
  /** Default `course-app`. */
  readonly job?: string
  readonly loads?: readonly Load[]
  /** Whether the histogram has buckets, of which there are many; default yes. */
  readonly hasBuckets?: boolean
  /** Gauges by name. */
  readonly gauges?: Readonly<Record<string, (second: number) => number>>
  /** `service_version` of `target_info`; without it there is no such series. */
  readonly version?: Changing<string>
  /** When the process restarts, so that its counters begin at 0 again. */
  readonly restarts?: readonly number[]
  /** Whether the process runs, serves and is scraped; default always. */
  readonly isUp?: (second: number) => boolean
  /** Whether a scrape reaches the process; default always. */
  readonly isReachable?: (second: number) => boolean
  /** Whether it is among the targets; default always. */
  readonly isTarget?: (second: number) => boolean
}

/** Scrapes instances for a time, as Prometheus does: each at moments of its own. */
export function scrapeAll(instances: readonly Instance[], minutes: number): SeriesStore {
  const store = new SeriesStore()
  for (const [i, instance] of instances.entries()) new Scraper(store, instance).run((i * 4) % SCRAPE_INTERVAL, minutes)
  return store
}

/** What a load has led to since the process started. */
interface Count {
  requests: number
  seconds: number
  /** Cumulative, for each of the bounds. */
  readonly buckets: number[]
}

type Sample = readonly [labels: Labels, value: number]

class Scraper {
  readonly #loads: readonly Load[]
  readonly #bounds: readonly number[]
  /** The labels of the series of each load, in the order of `valuesOf`. */
  readonly #series: readonly (readonly Labels[])[]
  #counts: Count[] = []
  /** Series of the last scrape. */
  #seen = new Set<Labels>()
  readonly #known = new Map<string, Labels>()

  constructor(
    readonly store: SeriesStore,
    readonly instance: Instance,
  ) {
    this.#loads = instance.loads ?? []
    this.#bounds = instance.hasBuckets === false ? [] : BUCKETS
    this.#series = this.#loads.map((load) => seriesOf(load, this.#bounds).map((labels) => this.#labelled(labels)))
  }

  /** @param offset the second of the first scrape */
  run(offset: number, minutes: number): void {
    this.#restart()
    for (let second = 0; second <= minutes * 60; second++) {
      if (this.instance.restarts?.includes(second)) this.#restart()
      this.#serve(second)
      if (second % SCRAPE_INTERVAL === offset) this.#scrape(second)
    }
  }

  #restart(): void {
    this.#counts = this.#loads.map(() => ({ requests: 0, seconds: 0, buckets: this.#bounds.map(() => 0) }))
  }

  #serve(second: number): void {
    if (this.instance.isUp?.(second) === false) return
    for (const [i, load] of this.#loads.entries()) {
      const count = this.#counts[i] as Count
      const rate = at(load.rate, second)
      count.requests += rate
      for (const [seconds, share] of at<Durations>(load.durations ?? [[0.012, 1]], second)) {
        count.seconds += rate * share * seconds
        for (let b = this.#bounds.length - 1; (this.#bounds[b] as number) >= seconds; b--)
          count.buckets[b] = (count.buckets[b] as number) + rate * share
      }
    }
  }

  #scrape(second: number): void {
    const time = START + second * 1000
    const seen = new Set<Labels>()
    for (const [labels, value] of this.#page(second)) {
      this.store.append(labels, time, value)
      seen.add(labels)
    }
    for (const labels of this.#seen) if (!seen.has(labels)) this.store.markEnded(labels, time)
    this.#seen = seen
  }

  #page(second: number): Sample[] {
    const { isUp, isReachable, isTarget, gauges = {}, version } = this.instance
    if (isTarget?.(second) === false) return []
    if (isUp?.(second) === false || isReachable?.(second) === false) return [[this.#labelled({ __name__: 'up' }), 0]]
    const samples: Sample[] = [[this.#labelled({ __name__: 'up' }), 1]]
    if (version !== undefined)
      samples.push([this.#labelled({ __name__: 'target_info', service_version: at(version, second) }), 1])
    for (const [name, value] of Object.entries(gauges))
      samples.push([this.#labelled({ __name__: name }), value(second)])
    for (const [i, count] of this.#counts.entries()) {
      const labels = this.#series[i] as readonly Labels[]
      // A series appears with the first request that it counts.
      if (whole(count.requests) > 0)
        samples.push(...valuesOf(count).map((value, j): Sample => [labels[j] as Labels, value]))
    }
    return samples
  }

  /** With the labels of the target. The same series always gets the same object. */
  #labelled(series: Readonly<Record<string, string>>): Labels {
    const key = JSON.stringify(series)
    const labels =
      this.#known.get(key) ??
      Labels.of({ job: this.instance.job ?? 'course-app', instance: this.instance.instance, ...series })
    this.#known.set(key, labels)
    return labels
  }
}

const DURATION = 'http_server_request_duration_seconds'

function seriesOf(
  { method = 'GET', route, status = '200' }: Load,
  bounds: readonly number[],
): Record<string, string>[] {
  const labels = { method, route, status }
  return [
    { ...labels, __name__: 'http_server_request_count_total' },
    { ...labels, __name__: `${DURATION}_count` },
    { ...labels, __name__: `${DURATION}_sum` },
    ...bounds.map((bound) => ({
      ...labels,
      __name__: `${DURATION}_bucket`,
      le: bound === Number.POSITIVE_INFINITY ? '+Inf' : String(bound),
    })),
  ]
}

function valuesOf({ requests, seconds, buckets }: Count): number[] {
  return [whole(requests), whole(requests), seconds, ...buckets.map(whole)]
}

/** Sums of shares such as 0.1 are a little too small. */
function whole(count: number): number {
  return Math.floor(count + 1e-6)
}

function at<T>(value: Changing<T>, second: number): T {
  return typeof value === 'function' ? (value as (second: number) => T)(second) : value
}
