import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Call } from './call-log.ts'
import { everydayTraffic } from './everyday-traffic.ts'
import type { Incident } from './incident.ts'
import { seededRandom } from './random.ts'
import type { Stream } from './traffic.ts'

export interface CallersOptions {
  /** The incident's id. */
  readonly incident: string
  readonly seed: number
  /** The app's base URL. */
  readonly url: string
}

/** Everyday traffic and the traffic of the incident. */
export function trafficOf({ traffic, fault }: Incident<unknown>, seed: number): Stream[] {
  return [...everydayTraffic, ...traffic(fault.parameters(seededRandom(seed)))]
}

/**
 * Runs users against the app until the signal aborts.
 *
 * @param onCall is called after each call
 * @returns when the last answer has arrived
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
