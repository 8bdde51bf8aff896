import { fetchText } from './fetch-text.ts'
import type { Span } from './wire.ts'

/** The telemetry of another process since the last fetch. */
export interface Handover {
  /** Changes when that process restarts. */
  readonly instance: string
  /** Its name. */
  readonly service: string
  /** Log lines, each with its newline. */
  readonly lines: string
  /** The position in its log to continue from. */
  readonly next: number
  readonly spans: readonly Span[]
}

const TIMEOUT_MS = 500

/** The Lab of another process of the same app, which buffers its telemetry until it is fetched. */
export class RemoteSource {
  #service: string
  readonly #origin: () => string | undefined
  #position = { instance: '', next: 0 }
  #connected = false

  /**
   * @param service its name until the first answer
   * @param origin its origin, while it runs
   */
  constructor(service: string, origin: () => string | undefined) {
    this.#service = service
    this.#origin = origin
  }

  get service(): string {
    return this.#service
  }

  /** Whether it answered the last fetch. */
  get connected(): boolean {
    return this.#connected
  }

  /** New telemetry; undefined when it does not answer. */
  async take(): Promise<Pick<Handover, 'lines' | 'spans'> | undefined> {
    const origin = this.#origin()
    const answer = origin === undefined ? undefined : await this.#ask(origin)
    this.#connected = answer !== undefined
    return answer
  }

  async #ask(origin: string): Promise<Handover | undefined> {
    const { instance, next } = this.#position
    try {
      // A fixed Host, because a Lab rejects names that could be used for DNS rebinding.
      const url = `${origin}/lab/handover?instance=${instance}&after=${next}`
      const text = await fetchText(url, TIMEOUT_MS, { host: 'localhost' })
      const handover = JSON.parse(text) as Handover
      this.#position = handover
      this.#service = handover.service
      return handover
    } catch {
      return undefined // It is stopping, starting or busy: `connected` is false, and the next fetch follows soon.
    }
  }
}
