/** The users of a drill's app, in a separate thread, so that the drill's other work does not delay their timers. */
import { parentPort, workerData } from 'node:worker_threads'
import type { CallersOptions } from './callers.ts'
import { trafficOf } from './callers.ts'
import { findIncident } from './incidents.ts'
import { seededRandom } from './random.ts'
import { clientOf, runTraffic } from './traffic.ts'

const { incident: id, seed, url } = workerData as CallersOptions
const incident = findIncident(id)
if (incident === undefined || parentPort === null) throw new Error('This file is started by npm run drill.')

const port = parentPort
const stop = new AbortController()
port.once('message', () => stop.abort())

// The first request of a thread loads the HTTP client, which must not count as the app's latency.
await clientOf({ url, random: seededRandom(0), onCall: () => {} }).get('/livez')

await runTraffic(
  trafficOf(incident, seed),
  { url, random: seededRandom(seed), onCall: (call) => port.postMessage(call) },
  stop.signal,
)
port.close()
