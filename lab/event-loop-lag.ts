import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks'

/** Values of prom-client's metrics of that name, in seconds. */
export interface LagValues {
  readonly nodejs_eventloop_lag_seconds: number
  readonly nodejs_eventloop_lag_min_seconds: number
  readonly nodejs_eventloop_lag_max_seconds: number
  readonly nodejs_eventloop_lag_mean_seconds: number
  readonly nodejs_eventloop_lag_stddev_seconds: number
  readonly nodejs_eventloop_lag_p50_seconds: number
  readonly nodejs_eventloop_lag_p90_seconds: number
  readonly nodejs_eventloop_lag_p99_seconds: number
}

/**
 * Measures what prom-client's `nodejs_eventloop_lag_*` measure. Those describe the time since the last scrape, and each
 * scrape resets them. A scrape by Prometheus must not find them reset by the Lab, so the Lab has a monitor of its own,
 * with the same resolution.
 */
export class EventLoopLag {
  readonly #delay: IntervalHistogram = monitorEventLoopDelay({ resolution: 10 })
  /** How long the last reading waited for its turn, in seconds. */
  #turn = 0

  start(): void {
    this.#delay.enable()
  }

  close(): void {
    this.#delay.disable()
  }

  /** The lag since the previous reading. */
  read(): LagValues {
    const delay = this.#delay
    const percentile = (p: number) => delay.percentile(p) / 1e9
    const values: LagValues = {
      nodejs_eventloop_lag_seconds: this.#turn,
      nodejs_eventloop_lag_min_seconds: delay.min / 1e9,
      nodejs_eventloop_lag_max_seconds: delay.max / 1e9,
      nodejs_eventloop_lag_mean_seconds: delay.mean / 1e9,
      nodejs_eventloop_lag_stddev_seconds: delay.stddev / 1e9,
      nodejs_eventloop_lag_p50_seconds: percentile(50),
      nodejs_eventloop_lag_p90_seconds: percentile(90),
      nodejs_eventloop_lag_p99_seconds: percentile(99),
    }
    delay.reset()
    const startedAt = performance.now()
    setImmediate(() => {
      this.#turn = (performance.now() - startedAt) / 1000
    })
    return values
  }
}
