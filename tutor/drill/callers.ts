import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Call } from './call-log.ts'
import { diceOf } from './dice.ts'
import { everydayTraffic } from './everyday-traffic.ts'
import type { Incident } from './incident.ts'
import type { Stream } from './traffic.ts'

export interface CallersOptions {
  /** The incident's id. */
  readonly incident: string
  readonly seed: number
  /** The app's base URL. */
  readonly url: string
}

/** Everything that the users of an incident's app do. */
export function streamsOf({ traffic, fault }: Incident<unknown>, seed: number): Stream[] {
  return [...everydayTraffic, ...traffic(fault.parameters(diceOf(seed)))]
}

/**
 * Lets users call the app until the signal says stop.
 *
 * @param onCall is told of each call when it is over
 * @returns when the last answer has come
 */
export async function startCallers(
  options: CallersOptions,
  onCall: (call: Call) => void,
  signal: AbortSignal,
): Promise<void> {
  const worker = new Worker(new URL('callers-thread.js', import.meta.url), { workerData: options })
  worker.on('message', onCall)
  const stop = () => worker.postMessage('stop')
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  await once(worker, 'exit')
}
