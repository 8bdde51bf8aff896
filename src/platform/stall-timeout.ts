/**
 * Calls `onStall` after `ms` milliseconds without progress, unless the returned function is called first.
 *
 * @param progress returns a different number after each bit of progress, which restarts the timeout
 */
export function startStallTimeout(ms: number, onStall: () => void, progress?: () => number): () => void {
  const timeout = new StallTimeout(ms, onStall, progress)
  timeout.start()
  return () => timeout.clear()
}

/**
 * Calls `onStall` when an awaited event has not happened within `ms` milliseconds. One timer serves any number of
 * events, one after the other.
 *
 * Unlike a plain timer, it counts only time in which this process could have noticed the event. While the event loop is
 * blocked, a response may lie unread and a request unsent, and Node.js then runs timers before it reads sockets. So the
 * timeout counts in steps, a pause of any length counts as one step, and sockets are read once more after the last.
 */
export class StallTimeout {
  readonly #ms: number
  readonly #onStall: () => void
  readonly #progress: () => number
  #timer: NodeJS.Timeout | undefined
  #isWaiting = false
  #starts = 0
  #lastProgress = 0
  #stepsLeft = STEPS

  /** @param progress returns a different number after each bit of progress, which restarts the timeout */
  constructor(ms: number, onStall: () => void, progress = () => 0) {
    this.#ms = ms
    this.#onStall = onStall
    this.#progress = progress
  }

  /** Begins to wait for an event, or starts over. */
  start(): void {
    this.#isWaiting = true
    this.#starts++
    this.#lastProgress = this.#progress()
    this.#stepsLeft = STEPS
    if (this.#timer === undefined) this.#timer = setTimeout(() => this.#step(), this.#ms / STEPS)
    else this.#timer.refresh()
  }

  /** The event has happened. Leaves the timer to the next `start`. */
  end(): void {
    this.#isWaiting = false
  }

  /** Stops waiting for good. */
  clear(): void {
    this.#isWaiting = false
    clearTimeout(this.#timer)
  }

  #step(): void {
    if (!this.#isWaiting) return
    this.#stepsLeft--
    if (this.#stepsLeft > 0) {
      this.#next()
      return
    }
    const starts = this.#starts
    setImmediate(() => {
      if (this.#isWaiting && this.#starts === starts) this.#finish()
    })
  }

  #next(): void {
    const progress = this.#progress()
    if (progress !== this.#lastProgress) this.#stepsLeft = STEPS
    this.#lastProgress = progress
    this.#timer?.refresh()
  }

  #finish(): void {
    if (this.#progress() === this.#lastProgress) this.#onStall()
    else this.#next()
  }
}

const STEPS = 5
