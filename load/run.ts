import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { ApiUser } from './api-user.ts'
import type { LoadOptions } from './options.ts'
import { type Scenario, scenarios } from './scenarios.ts'
import type { Tally } from './tally.ts'

/**
 * Runs users concurrently until the duration has passed or `stop` is aborted. They finish the journey they are in.
 *
 * @returns how many milliseconds it took
 */
export async function runLoad(options: LoadOptions, tally: Tally, stop: AbortController): Promise<number> {
  const { users, durationMs, scenario: name, url } = options
  const scenario = scenarios[name]
  const start = performance.now()
  setMaxListeners(users + 1, stop.signal) // each user listens while it pauses
  const timer = setTimeout(() => stop.abort(), durationMs)
  const contested = await scenario.prepare(new ApiUser(url, tally))
  const runUser = () => repeatJourney(stop.signal, new ApiUser(url, tally), scenario, contested)
  await Promise.all(Array.from({ length: users }, runUser))
  clearTimeout(timer)
  return performance.now() - start
}

async function repeatJourney(
  stop: AbortSignal,
  user: ApiUser,
  { journey, pauseMs: [min, max] }: Scenario,
  contested: Parameters<Scenario['journey']>[1],
): Promise<void> {
  // Real users do not all start at once.
  await pause(Math.random() * max, stop)
  while (!stop.aborted) {
    await journey(user, contested)
    await pause(min + Math.random() * (max - min), stop)
  }
}

/** Ends early when `stop` is aborted. */
async function pause(ms: number, stop: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal: stop })
  } catch (error) {
    if (!stop.aborted) throw error
  }
}
