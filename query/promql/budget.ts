import { ExecutionError, QueryTimeout } from './value.ts'

/** What a query may cost. */
export interface Limits {
  /** Samples that are read or computed. */
  readonly samples: number
  /** Milliseconds. */
  readonly time: number
}

/** As many samples as Prometheus allows by default. Its time limit is two minutes; a chart must not take so long. */
export const DEFAULT_LIMITS: Limits = { samples: 50_000_000, time: 10_000 }

/** The limit of samples is exceeded. */
export class TooManySamples extends ExecutionError {
  constructor() {
    super('query processing would load too many samples into memory in query execution')
  }
}

/** Keeps a query within its limits. */
export class Budget {
  #samples = 0
  readonly #deadline: number

  constructor(readonly limits: Limits) {
    this.#deadline = performance.now() + limits.time
  }

  /** @throws {TooManySamples} */
  spend(samples: number): void {
    this.#samples += samples
    if (this.#samples > this.limits.samples) throw new TooManySamples()
  }

  /** To be called at least once for each series. @throws {QueryTimeout} */
  checkTime(): void {
    if (performance.now() > this.#deadline) throw new QueryTimeout()
  }
}
