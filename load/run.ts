import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { ApiUser } from './api-user.ts'
import type { LoadOptions } from './options.ts'
import { type Scenario, scenarios } from './scenarios.ts'
import type { Tally } from './tally.ts'

/**
 * Lets users act at the same time until the duration is over or `over` is aborted; what they have begun they finish.
 *
 * @returns how many milliseconds it took
 */
export async function runLoad(options: LoadOptions, tally: Tally, over: AbortController): Promise<number> {
  const { users, durationMs, scenario: name, url } = options
  const scenario = scenarios[name]
  const start = performance.now()
  setMaxListeners(users + 1, over.signal) // each of them listens while it pauses
  const timer = setTimeout(() => over.abort(), durationMs)
  const prize = await scenario.prepare(new ApiUser(url, tally))
  const one = () => actUntil(over.signal, new ApiUser(url, tally), scenario, prize)
  await Promise.all(Array.from({ length: users }, one))
  clearTimeout(timer)
  return performance.now() - start
}

async function actUntil(
  over: AbortSignal,
  user: ApiUser,
  { journey, pauseMs: [least, most] }: Scenario,
  prize: Parameters<Scenario['journey']>[1],
): Promise<void> {
  // Not all at once, as they would never come.
  await pause(Math.random() * most, over)
  while (!over.aborted) {
    await journey(user, prize)
    await pause(least + Math.random() * (most - least), over)
  }
}

/** Ends early when it is over. */
async function pause(ms: number, over: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal: over })
  } catch (error) {
    if (!over.aborted) throw error
  }
}
