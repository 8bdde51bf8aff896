import { AsyncLocalStorage } from 'node:async_hooks'
import { announce, announceEnd, channels, type ShareAnnouncement } from '../../phases/announcements.ts'
import { CallEnded, isCancelled } from './cancellation.ts'
import { describe, system } from './statement.ts'
import { Watch } from './when-late.ts'

/** Two execute while a third commits. */
const MOST_IN_FLIGHT = 3
const MOST_CALLERS = 50
const PATIENCE_MS = 250

/** The row for a caller: the caller's position, from 1 on, then what the statement gives. */
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

/** A caller whose turn has not come. */
interface Queued extends Caller {
  readonly share: ShareAnnouncement
  /** On the clock of `performance.now()`. */
  readonly since: number
  readonly inContext: InContext
}

type InContext = <R>(work: () => R) => R

/** The context in which the app was loaded. What runs in it belongs to no request. */
const outsideRequests: InContext = AsyncLocalStorage.snapshot()

/**
 * A statement that does for many callers at once what it does for one. With fewer than three in flight, a caller's
 * statement is sent at once, in the caller's own context. With three in flight, callers queue; the next statement
 * carries up to 50 of them. They share its round trip, its commit and the write to the disk, and none waits for the
 * other's row locks. It runs in no caller's context, because it belongs to all of them.
 *
 * When something holds up those in flight, such as a row that another transaction has locked, no caller queues longer
 * than 250 ms: then each goes alone, so that none shares a statement with one that is held up as well.
 */
export class SharedStatement {
  readonly #text: string
  readonly #send: SendShared
  readonly #patience = new Watch(PATIENCE_MS, () => this.#goAlone())
  #queue: Queued[] = []
  #inFlight = 0

  /** @param send sends the statement with an array for each of its placeholders, written as PostgreSQL reads it */
  constructor(text: string, send: SendShared) {
    this.#text = text
    this.#send = send
  }

  /** Gives the caller's row, if there is one. Throws what `send` throws, and CallEnded. */
  call(values: readonly string[]): Promise<CallersRow | undefined> {
    if (isCancelled()) return Promise.reject(new CallEnded())
    const { operation, table } = describe(this.#text)
    if (this.#inFlight < MOST_IN_FLIGHT) {
      announceEnd(channels.share, { operation, table, system, queued: false, waitMs: 0 })
      return new Promise((resolve, reject) => void this.#go([{ values, resolve, reject }]))
    }
    const share: ShareAnnouncement = { operation, table, system, queued: true }
    return announce(channels.share, share, async () => {
      const row = await this.#turn(values, share)
      share.rows = row === undefined ? 0 : 1
      return row
    })
  }

  #turn(values: readonly string[], share: ShareAnnouncement): Promise<CallersRow | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#queue.length === 0) this.#patience.begin()
      const since = performance.now()
      this.#queue.push({ values, share, since, inContext: AsyncLocalStorage.snapshot(), resolve, reject })
    })
  }

  #go(callers: readonly Caller[], shares?: readonly ShareAnnouncement[]): Promise<void> {
    this.#inFlight++
    return this.#send(arraysOf(callers), shares).then(
      ({ rows }) => {
        this.#done()
        answer(callers, rows)
      },
      (error: unknown) => {
        this.#done()
        for (const { reject } of callers) reject(error)
      },
    )
  }

  #done(): void {
    this.#inFlight--
    while (this.#queue.length > 0 && this.#inFlight < MOST_IN_FLIGHT) {
      const callers = this.#queue.splice(0, MOST_CALLERS)
      if (this.#queue.length > 0) this.#patience.begin()
      else this.#patience.end()
      this.#goTogether(callers)
    }
  }

  #goAlone(): void {
    this.#patience.end()
    for (const caller of this.#queue.splice(0)) this.#goTogether([caller])
  }

  #goTogether(queued: readonly Queued[]): void {
    const callers = queued.filter(isStillWaiting)
    const [first] = callers
    if (first === undefined) return
    const now = performance.now()
    const shares = callers.map(({ share, since }) => Object.assign(share, { waitMs: now - since }))
    const go = () => this.#go(callers, shares)
    if (callers.length === 1) void first.inContext(go)
    else void outsideRequests(() => announce(channels.sharing, { shares }, go))
  }
}

/** The same for one caller, in a transaction that is that caller's own. */
export async function callAlone(send: SendShared, values: readonly string[]): Promise<CallersRow | undefined> {
  const { rows } = await send(arraysOf([{ values }]))
  return rows[0]
}

/** Nothing is sent for a call that has ended. */
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
