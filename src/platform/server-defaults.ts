import cors from '@fastify/cors'
import underPressure from '@fastify/under-pressure'
import fastifyPlugin from 'fastify-plugin'
import type {} from '../../phases/phase.ts'
import type { Config } from '../config.ts'
import { HttpError } from './problem.ts'

/** Defaults for a server on a network: security headers, load shedding, and CORS if it is configured. */
export const serverDefaults = fastifyPlugin<{ config: Config }>(
  async (app, { config }) => {
    app.addHook('onRequest', (_request, reply, done) => {
      reply.headers(API_HEADERS)
      done()
    })

    let listeningSince = Number.POSITIVE_INFINITY
    app.addHook('onListen', async () => {
      listeningSince = performance.now()
    })
    await app.register(underPressure, {
      maxEventLoopDelay: config.MAX_EVENT_LOOP_DELAY_MS,
      sampleInterval: SAMPLE_MS,
      pressureHandler: async (request, reply) => {
        // A busy server is still alive, and its metrics are needed most just then.
        const { url = '', config } = request.routeOptions
        if (ALWAYS_ANSWERED.has(url) || config.observed === false) return
        // The start itself blocks the event loop, so samples count only after it.
        if (performance.now() < listeningSince + 2 * SAMPLE_MS) return
        reply.header('retry-after', '5')
        throw new HttpError(503, 'The server is too busy. Try again in a few seconds.', true)
      },
    })

    if (config.CORS_ORIGIN !== undefined) {
      await app.register(cors, {
        origin: config.CORS_ORIGIN,
        methods: ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'],
        exposedHeaders: ['location', 'retry-after', 'x-request-id', 'idempotency-replayed'],
      })
    }
  },
  { name: 'server-defaults' },
)

/**
 * For responses that are data: no scripts, no framing, no sniffing, no caching. HTML pages use Helmet, which an API does
 * not need and which takes a third of the time of a small request.
 *
 * https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html#security-headers
 */
export const API_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/** Over how long the event loop's delay is averaged. */
const SAMPLE_MS = 1000

const ALWAYS_ANSWERED = new Set(['/livez', '/readyz', '/metrics', '/metrics/otel'])
