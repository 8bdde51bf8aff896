/** The users of a drill's app, in a thread of their own, so that the drill's other work does not delay their clocks. */
import { parentPort, workerData } from 'node:worker_threads'
import type { CallersOptions } from './callers.ts'
import { streamsOf } from './callers.ts'
import { diceOf } from './dice.ts'
import { findIncident } from './incidents.ts'
import { clientOf, flow } from './traffic.ts'

const { incident: id, seed, url } = workerData as CallersOptions
const incident = findIncident(id)
if (incident === undefined || parentPort === null) throw new Error('This file is started by npm run drill.')

const port = parentPort
const stop = new AbortController()
port.once('message', () => stop.abort())

// The first request of a thread loads its HTTP client, for which the app cannot be blamed.
await clientOf({ url, dice: diceOf(0), onCall: () => {} }).get('/livez')

await flow(
  streamsOf(incident, seed),
  { url, dice: diceOf(seed), onCall: (call) => port.postMessage(call) },
  stop.signal,
)
port.close()
