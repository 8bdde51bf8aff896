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
  /** Gauges by name. */
  readonly gauges?: Readonly<Record<string, (second: number) => number>>
  /** `service_version` of `target_info`; without it there is no such series. */
  readonly version?: Changing<string>
  /** When the process restarts, so that its counters begin at 0 again. */
  readonly restarts?: readonly number[]
  /** Whether a scrape succeeds; default always. */
  readonly isUp?: (second: number) => boolean
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
  /** Cumulative, for each of `BUCKETS`. */
  readonly buckets: number[]
}

class Scraper {
  readonly #target: Readonly<Record<string, string>>
  #counts: Count[] = []
  /** Series of the last scrape. */
  #seen = new Map<string, Labels>()

  constructor(
    readonly store: SeriesStore,
    readonly instance: Instance,
  ) {
    this.#target = { job: instance.job ?? 'course-app', instance: instance.instance }
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
    this.#counts = (this.instance.loads ?? []).map(() => ({ requests: 0, seconds: 0, buckets: BUCKETS.map(() => 0) }))
  }

  #serve(second: number): void {
    const { loads = [], isUp = always } = this.instance
    if (!isUp(second)) return
    for (const [i, load] of loads.entries()) {
      const count = this.#counts[i] as Count
      const rate = at(load.rate, second)
      const durations = at<Durations>(load.durations ?? [[0.012, 1]], second)
      count.requests += rate
      for (const [seconds, share] of durations) {
        count.seconds += rate * share * seconds
        for (const [b, bound] of BUCKETS.entries())
          if (seconds <= bound) count.buckets[b] = (count.buckets[b] ?? 0) + rate * share
      }
    }
  }

  #scrape(second: number): void {
    const { isUp = always, isTarget = always } = this.instance
    const samples = isTarget(second) ? (isUp(second) ? this.#page(second) : [upIs(0)]) : []
    const time = START + second * 1000
    const seen = new Map<string, Labels>()
    for (const [series, value] of samples) {
      const labels = Labels.of({ ...this.#target, ...series })
      this.store.append(labels, time, value)
      seen.set(labels.key, labels)
    }
    for (const [key, labels] of this.#seen) if (!seen.has(key)) this.store.markEnded(labels, time)
    this.#seen = seen
  }

  #page(second: number): Sample[] {
    const { loads = [], gauges = {}, version } = this.instance
    return [
      upIs(1),
      ...(version === undefined
        ? []
        : [[{ __name__: 'target_info', service_version: at(version, second) }, 1] as Sample]),
      ...Object.entries(gauges).map(([name, value]): Sample => [{ __name__: name }, value(second)]),
      ...loads.flatMap((load, i) => samplesOf(load, this.#counts[i] as Count)),
    ]
  }
}

type Sample = readonly [series: Readonly<Record<string, string>>, value: number]

function upIs(value: number): Sample {
  return [{ __name__: 'up' }, value]
}

const DURATION = 'http_server_request_duration_seconds'

/** A series appears with its first request. */
function samplesOf({ method = 'GET', route, status = '200' }: Load, { requests, seconds, buckets }: Count): Sample[] {
  const count = whole(requests)
  if (count === 0) return []
  const labels = { method, route, status }
  return [
    [{ ...labels, __name__: 'http_server_request_count_total' }, count],
    [{ ...labels, __name__: `${DURATION}_count` }, count],
    [{ ...labels, __name__: `${DURATION}_sum` }, seconds],
    ...BUCKETS.map(
      (bound, i): Sample => [
        { ...labels, __name__: `${DURATION}_bucket`, le: bound === Number.POSITIVE_INFINITY ? '+Inf' : String(bound) },
        whole(buckets[i] as number),
      ],
    ),
  ]
}

/** Sums of shares such as 0.1 are a little too small. */
function whole(count: number): number {
  return Math.floor(count + 1e-6)
}

function at<T>(value: Changing<T>, second: number): T {
  return typeof value === 'function' ? (value as (second: number) => T)(second) : value
}

function always(): boolean {
  return true
}
