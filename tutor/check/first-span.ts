import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { SpanSource } from './span-source.ts'

/** More than the server needs to notice that somebody listens now, in milliseconds: its exporter tries once a second. */
const LONGEST_WAIT_MS = 20_000

/** Past this it is worth a word why nothing happens. */
const PATIENT_MS = 3000

/**
 * Waits until spans of the server arrive. Each second a request gives it something to send.
 *
 * @param say is told why it takes long, once.
 * @returns whether a span has come.
 */
export async function firstSpan(url: string, source: SpanSource, say: (words: string) => void): Promise<boolean> {
  const began = Date.now()
  const traceId = randomBytes(16).toString('hex')
  let told = false
  for (;;) {
    const spanId = randomBytes(8).toString('hex')
    await (await fetch(`${url}/hello`, { headers: { traceparent: `00-${traceId}-${spanId}-01` } })).arrayBuffer()
    if (await cameWithin(1000, source, traceId)) return true
    const waited = Date.now() - began
    if (waited > LONGEST_WAIT_MS) return false
    if (waited > PATIENT_MS && !told) say("Waiting for the server's spans …")
    told ||= waited > PATIENT_MS
  }
}

async function cameWithin(ms: number, source: SpanSource, traceId: string): Promise<boolean> {
  for (const end = Date.now() + ms; Date.now() < end; await delay(50)) {
    if ((await source.ofTrace(traceId)).length > 0) return true
  }
  return false
}
