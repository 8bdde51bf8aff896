import { AsyncLocalStorage } from 'node:async_hooks'
import { announce, announceEnd, channels, type ShareAnnouncement } from '../../phases/announcements.ts'
import { CallEnded, isCancelled } from './cancellation.ts'
import { StallTimeout } from './stall-timeout.ts'
import { describe, system } from './statement.ts'

/** Two execute while a third commits. */
const MAX_IN_FLIGHT = 3
const MAX_CALLERS = 50
const MAX_QUEUE_MS = 250

/** The row for a caller: the caller's position, counted from 1, then the statement's values. */
export type CallersRow = readonly [position: number, ...values: unknown[]]

type SendShared = (
  values: readonly string[],
  shares?: readonly ShareAnnouncement[],
) => Promise<{ readonly rows: readonly CallersRow[] }>

interface Caller {
  readonly values: readonly string[]
  readonly resolve: (row: CallersRow | undefined) => void
  readonly reject: (reason: unknown) => void
}

/** A caller in the queue. */
interface Queued extends Caller {
  readonly share: ShareAnnouncement
  /** On the clock of `performance.now()`. */
  readonly queuedAt: number
  readonly inContext: InContext
}

type InContext = <R>(work: () => R) => R

/** The context in which this module was loaded, which belongs to no request. */
const outsideRequests: InContext = AsyncLocalStorage.snapshot()

/**
 * A statement that can carry many callers. With fewer than three in flight, a caller's
 * statement is sent at once, in the caller's own context. With three in flight, callers queue; the next statement
 * carries up to 50 of them. They share its round trip, its commit and the write to disk, and do not wait for each
 * other's row locks. It runs in no caller's context, because it belongs to all of them.
 *
 * When the statements in flight stall, for example on a row that another transaction has locked, callers queue for at
 * most 250 ms. Each then gets a statement of its own, so that a caller for another row does not wait for the lock too.
 */
export class SharedStatement {
  readonly #text: string
  readonly #send: SendShared
  readonly #queueTimeout = new StallTimeout(MAX_QUEUE_MS, () => this.#sendSeparately())
  #queue: Queued[] = []
  #inFlight = 0

  /** @param send sends the statement with a PostgreSQL array literal for each of its placeholders */
  constructor(text: string, send: SendShared) {
    this.#text = text
    this.#send = send
  }

  /** Returns the caller's row, if there is one. Throws what `send` throws, and CallEnded. */
  readonly call = (values: readonly string[]): Promise<CallersRow | undefined> => {
    if (isCancelled()) return Promise.reject(new CallEnded())
    const { operation, table } = describe(this.#text)
    if (this.#inFlight < MAX_IN_FLIGHT) {
      announceEnd(channels.share, { operation, table, system, queued: false, waitMs: 0 })
      return new Promise((resolve, reject) => void this.#execute([{ values, resolve, reject }]))
    }
    const share: ShareAnnouncement = { operation, table, system, queued: true }
    return announce(channels.share, share, async () => {
      const row = await this.#enqueue(values, share)
      share.rows = row === undefined ? 0 : 1
      return row
    })
  }

  #enqueue(values: readonly string[], share: ShareAnnouncement): Promise<CallersRow | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#queue.length === 0) this.#queueTimeout.start()
      const queuedAt = performance.now()
      this.#queue.push({ values, share, queuedAt, inContext: AsyncLocalStorage.snapshot(), resolve, reject })
    })
  }

  #execute(callers: readonly Caller[], shares?: readonly ShareAnnouncement[]): Promise<void> {
    this.#inFlight++
    return this.#send(arraysOf(callers), shares).then(
      ({ rows }) => {
        this.#onAnswered()
        answer(callers, rows)
      },
      (error: unknown) => {
        this.#onAnswered()
        for (const { reject } of callers) reject(error)
      },
    )
  }

  #onAnswered(): void {
    this.#inFlight--
    while (this.#queue.length > 0 && this.#inFlight < MAX_IN_FLIGHT) {
      const callers = this.#queue.splice(0, MAX_CALLERS)
      if (this.#queue.length > 0) this.#queueTimeout.start()
      else this.#queueTimeout.end()
      this.#sendQueued(callers)
    }
  }

  #sendSeparately(): void {
    this.#queueTimeout.end()
    for (const caller of this.#queue.splice(0)) this.#sendQueued([caller])
  }

  #sendQueued(queued: readonly Queued[]): void {
    const callers = queued.filter(isStillWaiting)
    const [first] = callers
    if (first === undefined) return
    const now = performance.now()
    const shares = callers.map(({ share, queuedAt }) => Object.assign(share, { waitMs: now - queuedAt }))
    const execute = () => this.#execute(callers, shares)
    if (callers.length === 1) void first.inContext(execute)
    else void outsideRequests(() => announce(channels.sharing, { shares }, execute))
  }
}

/** Calls the statement for one caller, in the caller's own transaction. */
export async function callAlone(send: SendShared, values: readonly string[]): Promise<CallersRow | undefined> {
  const { rows } = await send(arraysOf([{ values }]))
  return rows[0]
}

/** Rejects a caller whose call has ended. */
function isStillWaiting({ inContext, reject }: Queued): boolean {
  if (!inContext(isCancelled)) return true
  reject(new CallEnded())
  return false
}

function answer(callers: readonly Caller[], rows: readonly CallersRow[]): void {
  const answers: (CallersRow | undefined)[] = new Array(callers.length)
  for (const row of rows) answers[row[0] - 1] = row
  callers.forEach(({ resolve }, index) => {
    resolve(answers[index])
  })
}

/** https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO */
function arraysOf(callers: readonly Pick<Caller, 'values'>[]): string[] {
  const [first] = callers
  if (first === undefined) return []
  return first.values.map((_, column) => {
    const elements = callers.map(({ values }) => `"${(values[column] as string).replace(/["\\]/g, '\\$&')}"`)
    return `{${elements.join()}}`
  })
}
