import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from 'node:util'
import { deadline, expired } from './deadline.ts'

/** Thrown by a probe when waiting any longer is pointless; `waitFor` passes it on at once. */
export class GiveUp extends Error {
  override readonly name = 'GiveUp'
}

export interface WaitOptions {
  /** Timeout in milliseconds. Default: 30 000. */
  readonly timeout?: number
  /** Milliseconds between two probes. Default: 20. */
  readonly interval?: number
  /** Returns details for the error message; called only when the wait has failed. */
  readonly seen?: () => unknown
}

type Found<T> = Exclude<T, undefined | null | false>
type Attempt<T> = { value: T } | { error: unknown }

/**
 * Calls `probe` repeatedly until it returns something other than `undefined`, `null` or `false`. An error of the probe
 * counts as "not yet" and becomes the cause of the final error; a `GiveUp` ends the wait at once. The timeout also ends a
 * probe that hangs.
 *
 * @param description completes "waited 30000 ms for …"
 * @returns the probe's result
 */
export async function waitFor<T>(
  description: string,
  probe: () => T | Promise<T>,
  options: WaitOptions = {},
): Promise<Found<T>> {
  const { timeout = 30_000, interval = 20 } = options
  const expiry = deadline(timeout)
  let last: Attempt<T> | undefined
  try {
    for (;;) {
      const attempt = await Promise.race([ask(probe), expiry.passed])
      if (attempt === expired) break
      if ('value' in attempt && isFound(attempt.value)) return attempt.value
      if ('error' in attempt && attempt.error instanceof GiveUp) throw attempt.error
      last = attempt
      if ((await Promise.race([sleep(interval), expiry.passed])) === expired) break
    }
  } finally {
    expiry.cancel()
  }
  throw timeoutError(description, timeout, last, options.seen)
}

async function ask<T>(probe: () => T | Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await probe() }
  } catch (error) {
    return { error }
  }
}

function isFound<T>(value: T): value is Found<T> {
  return value !== undefined && value !== null && value !== false
}

function timeoutError<T>(
  description: string,
  timeout: number,
  last: Attempt<T> | undefined,
  seen: WaitOptions['seen'],
): Error {
  const cause = last !== undefined && 'error' in last ? last.error : undefined
  const lastSeen = seen?.() ?? cause ?? (last === undefined ? 'no answer from the probe' : (last as { value: T }).value)
  const shown = typeof lastSeen === 'string' ? lastSeen : inspect(lastSeen, { depth: 6 })
  return new Error(`waited ${timeout} ms for ${description}; last seen: ${shown}`, { cause })
}
