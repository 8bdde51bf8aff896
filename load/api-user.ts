import { randomUUID } from 'node:crypto'
import type { Tally } from './tally.ts'

export interface Batch {
  readonly batch_id: string
  readonly available_seats: number
}
export interface Course {
  readonly course_id: string
  readonly batches: readonly Batch[]
}
export interface Booking {
  readonly booking_id: string
}
export type Change = 'reserve' | 'complete' | 'expire'

/** Longer than any answer of the app takes. */
const TIMEOUT_MS = 30_000

/**
 * A user of the API, who sends one request after the other. Every request is counted. It fails when the status is
 * not documented for it, and a user who cannot continue with the answer gets undefined.
 */
export class ApiUser {
  readonly #url: string
  readonly #tally: Tally
  readonly #userId = `load-${randomUUID()}`

  constructor(url: string, tally: Tally) {
    this.#url = url
    this.#tally = tally
  }

  async courses(): Promise<readonly Course[]> {
    const path = '/v1/courses?page_size=20&include=batches'
    const page = await this.ask<{ courses: Course[] }>('GET /v1/courses', path, [200])
    return page?.courses ?? []
  }

  /** 409: the course is sold out, or its batches have begun. */
  book(course_id: string, batch_id?: string): Promise<Booking | undefined> {
    const wanted = { course_id, user_id: this.#userId, ...(batch_id === undefined ? {} : { batch_id }) }
    return this.ask<Booking>('POST /v1/bookings', '/v1/bookings', [201, 409], wanted)
  }

  /** 409: another user was faster, or the change is already made. */
  change({ booking_id }: Booking, change: Change): Promise<Booking | undefined> {
    return this.ask(`POST /v1/bookings/[id]:${change}`, `/v1/bookings/${booking_id}:${change}`, [200, 409])
  }

  /**
   * @param kind the category it is counted in; begins with the method
   * @param expected statuses that are not failures
   * @returns the body of a 2xx
   */
  async ask<T>(kind: string, path: string, expected: readonly number[], json?: object): Promise<T | undefined> {
    const [method] = kind.split(' ', 1) as [string]
    const start = performance.now()
    const { status, body, problem } = await this.#send(method, path, expected, json)
    this.#tally.record(kind, performance.now() - start, problem)
    return problem === undefined && status < 300 ? (body as T) : undefined
  }

  async #send(method: string, path: string, expected: readonly number[], json: object | undefined) {
    try {
      const response = await fetch(this.#url + path, {
        method,
        ...(json ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(json) } : {}),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      const { status } = response
      const body: unknown = await response.json()
      const isExpected = expected.includes(status)
      return { status, body, problem: isExpected ? undefined : `${status} instead of ${expected.join(' or ')}` }
    } catch (error) {
      return { status: 0, body: undefined, problem: reasonOf(error as Error) }
    }
  }
}

function reasonOf(error: Error): string {
  if (error.name === 'TimeoutError') return `no answer within ${TIMEOUT_MS / 1000} s`
  const { code, message } = (error.cause ?? error) as { code?: string; message: string }
  return `no answer (${code ?? message})`
}
