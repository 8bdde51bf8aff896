import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { SpanSource } from './span-source.ts'

/** Enough for the server's exporter, which retries once a second, to reach the new receiver. */
const MAX_WAIT_MS = 20_000

/** Both processes export at least once a second. */
const ATTEMPT_MS = 1500

/** How long to wait for the partner, which starts after the server, once spans of the server arrive. */
const PARTNER_WAIT_MS = 8000

/** After this wait the user is told the reason. */
const REPORT_AFTER_MS = 3000

/** What a request reaches. */
export interface Reached {
  readonly path: string
  /** How many services make spans for it, the server included. */
  readonly services: number
}

/** The app of this course calls its partner. */
const COURSE: Reached = { path: '/propagation', services: 2 }

/**
 * Waits until spans arrive from the server and from the services that it calls: each has its own exporter, and spans
 * that it could not deliver are lost. A request each second gives all of them something to export.
 *
 * @param report is called once, with the reason for a long wait
 * @returns whether a span of the server has arrived
 */
export async function firstSpan(
  url: string,
  source: SpanSource,
  report: (message: string) => void,
  { path, services: expected }: Reached = COURSE,
): Promise<boolean> {
  const began = Date.now()
  let hasReported = false
  for (;;) {
    const traceId = randomBytes(16).toString('hex')
    const traceparent = `00-${traceId}-${randomBytes(8).toString('hex')}-01`
    await (await fetch(url + path, { headers: { traceparent } })).arrayBuffer()
    const services = await servicesWithin(ATTEMPT_MS, source, traceId, expected)
    if (services >= expected) return true
    const waited = Date.now() - began
    // Without a partner most claims can still be checked.
    if (waited > (services === 1 ? PARTNER_WAIT_MS : MAX_WAIT_MS)) return services === 1
    if (waited > REPORT_AFTER_MS && !hasReported) report("Waiting for the server's spans …")
    hasReported ||= waited > REPORT_AFTER_MS
  }
}

/** Counts the services in a trace: returns as soon as all that are expected have sent spans, otherwise after the timeout. */
async function servicesWithin(ms: number, source: SpanSource, traceId: string, expected: number): Promise<number> {
  for (const end = Date.now() + ms; ; await delay(50)) {
    const services = new Set((await source.ofTrace(traceId)).map(({ service }) => service)).size
    if (services >= expected || Date.now() > end) return services
  }
}
