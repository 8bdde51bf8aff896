/**
 * Calls `late` when nothing has happened for `ms` milliseconds, unless the function that it gives is called before.
 *
 * @param progress gives another number each time that something has happened, and the time counts anew
 */
export function whenLate(ms: number, late: () => void, progress?: () => number): () => void {
  const watch = new Watch(ms, late, progress)
  watch.begin()
  return () => watch.stop()
}

/**
 * Calls `late` when something that is awaited has not come within `ms` milliseconds. It serves for one thing after
 * another, with one timer for all of them, which runs out by itself when nothing is awaited.
 *
 * Unlike a plain timer it counts only time in which this process could have noticed an answer. While it is busy,
 * an answer may lie unread and a question unsent, and Node then runs timers before it reads sockets. So the time
 * is counted in steps, of which a pause of any length makes one, and sockets are read once more after the last.
 */
export class Watch {
  readonly #ms: number
  readonly #late: () => void
  readonly #progress: () => number
  #timer: NodeJS.Timeout | undefined
  #isWaiting = false
  /** How often something was awaited. */
  #count = 0
  #seen = 0
  #left = STEPS

  /** @param progress gives another number each time that something has happened, and the time counts anew */
  constructor(ms: number, late: () => void, progress = () => 0) {
    this.#ms = ms
    this.#late = late
    this.#progress = progress
  }

  /** From now on something is awaited. */
  begin(): void {
    this.#isWaiting = true
    this.#count++
    this.#seen = this.#progress()
    this.#left = STEPS
    if (this.#timer === undefined) this.#timer = setTimeout(() => this.#step(), this.#ms / STEPS)
    else this.#timer.refresh()
  }

  /** It has come. */
  end(): void {
    this.#isWaiting = false
  }

  /** Nothing will be awaited any more. */
  stop(): void {
    this.#isWaiting = false
    clearTimeout(this.#timer)
  }

  #step(): void {
    if (!this.#isWaiting) return
    this.#left--
    if (this.#left > 0) {
      this.#next()
      return
    }
    const count = this.#count
    setImmediate(() => {
      if (this.#isWaiting && this.#count === count) this.#finish()
    })
  }

  #next(): void {
    const now = this.#progress()
    if (now !== this.#seen) this.#left = STEPS
    this.#seen = now
    this.#timer?.refresh()
  }

  #finish(): void {
    if (this.#progress() === this.#seen) this.#late()
    else this.#next()
  }
}

const STEPS = 5
