import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { SpanSource } from './span-source.ts'

/** More than the server needs to notice that somebody listens now, in milliseconds: its exporter tries once a second. */
const LONGEST_WAIT_MS = 20_000

/** Both send what they have at least once a second. */
const ATTEMPT_MS = 1500

/** So long the partner, which starts after the server, has for its first span, when the server has sent some. */
const ALONE_MS = 8000

/** Past this it is worth a word why nothing happens. */
const PATIENT_MS = 3000

/**
 * Waits until spans arrive of the server and of the partner, which it calls: each sends for itself, and what it has
 * sent in vain is gone. Each second a request gives both something to send.
 *
 * @param say is told why it takes long, once.
 * @returns whether a span of the server has come.
 */
export async function firstSpan(url: string, source: SpanSource, say: (words: string) => void): Promise<boolean> {
  const began = Date.now()
  let told = false
  for (;;) {
    const traceId = randomBytes(16).toString('hex')
    const traceparent = `00-${traceId}-${randomBytes(8).toString('hex')}-01`
    await (await fetch(`${url}/propagation`, { headers: { traceparent } })).arrayBuffer()
    const services = await servicesWithin(ATTEMPT_MS, source, traceId)
    if (services > 1) return true
    const waited = Date.now() - began
    // Without a partner there is something to check all the same.
    if (waited > (services === 1 ? ALONE_MS : LONGEST_WAIT_MS)) return services === 1
    if (waited > PATIENT_MS && !told) say("Waiting for the server's spans …")
    told ||= waited > PATIENT_MS
  }
}

/** How many services have sent spans of a trace: 2 as soon as there are two, else what there is in the end. */
async function servicesWithin(ms: number, source: SpanSource, traceId: string): Promise<number> {
  for (const end = Date.now() + ms; ; await delay(50)) {
    const services = new Set((await source.ofTrace(traceId)).map(({ service }) => service)).size
    if (services > 1 || Date.now() > end) return services
  }
}
