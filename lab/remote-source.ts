import { fetchText } from './fetch-text.ts'
import type { Span } from './wire.ts'

/** What another process has given to its Lab since it was last asked. */
export interface Handover {
  /** Another one than before: that process was started again. */
  readonly instance: string
  /** Its name. */
  readonly service: string
  /** Log lines, each with its newline. */
  readonly lines: string
  /** The position in its log to go on from. */
  readonly next: number
  readonly spans: readonly Span[]
}

const TIMEOUT_MS = 500

/** The Lab of another process of the same app, which keeps what it has until it is asked for it. */
export class RemoteSource {
  #service: string
  readonly #origin: () => string | undefined
  #position = { instance: '', next: 0 }
  #connected = false

  /**
   * @param service its name until it has answered
   * @param origin where it is, when it runs
   */
  constructor(service: string, origin: () => string | undefined) {
    this.#service = service
    this.#origin = origin
  }

  get service(): string {
    return this.#service
  }

  /** Whether it answered when it was last asked. */
  get connected(): boolean {
    return this.#connected
  }

  /** What is new there; undefined when it does not answer. */
  async take(): Promise<Pick<Handover, 'lines' | 'spans'> | undefined> {
    const origin = this.#origin()
    const answer = origin === undefined ? undefined : await this.#ask(origin)
    this.#connected = answer !== undefined
    return answer
  }

  async #ask(origin: string): Promise<Handover | undefined> {
    const { instance, next } = this.#position
    try {
      // Whatever the name by which it is found: a Lab answers to no name that a browser could have been lured to.
      const url = `${origin}/lab/handover?instance=${instance}&after=${next}`
      const text = await fetchText(url, TIMEOUT_MS, { host: 'localhost' })
      const handover = JSON.parse(text) as Handover
      this.#position = handover
      this.#service = handover.service
      return handover
    } catch {
      return undefined // It is stopping, starting or busy. `connected` tells, and it is asked again in a moment.
    }
  }
}
