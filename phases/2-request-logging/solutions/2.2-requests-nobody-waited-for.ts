/**
 * Exercise 2.2: Requests that nobody waited for
 *
 * A slow request is logged as slow, but the slowest ones are missing: the customer loses patience and closes the page.
 * Fastify's `onResponse` runs when an answer has been sent, and those requests never get one.
 *
 * Report every slow request once, however it ends, with its status and with the time that it really took.
 *
 * Where to look: `onRequestEnd` in phases/1-logging/request-end.ts, and how request-log.ts in
 * phases/2-request-logging uses it.
 */
import type { FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import type {} from '../../1-logging/request-end.ts'
import { runAsPartOf } from '../../2-request-logging/request-scope.ts'

/** In milliseconds. */
const SLOW = 50

export const slowRequests = fastifyPlugin(
  async (app) => {
    function warnIfSlow(request: FastifyRequest, status: number, latency: number): void {
      if (latency < SLOW) return
      runAsPartOf(request, () => app.log.warn({ route: request.route, status, latency }, 'slow request'))
    }

    // Exercise 2.2: your part begins
    app.onRequestEnd(({ request, status, latency }) => warnIfSlow(request, status, latency))
    // Exercise 2.2: your part ends
  },
  { name: 'slow-requests', dependencies: ['request-end', 'request-scope'] },
)
