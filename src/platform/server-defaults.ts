import cors from '@fastify/cors'
import underPressure from '@fastify/under-pressure'
import fastifyPlugin from 'fastify-plugin'
import type {} from '../../phases/phase.ts'
import type { Config } from '../config.ts'
import { HttpError } from './problem.ts'

/** What every server on a network needs: security headers, load shedding, CORS only where it is asked for. */
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
        // A server that is busy is still alive, and what it does is wanted most just then.
        const { url = '', config } = request.routeOptions
        if (ALWAYS_ANSWERED.has(url) || config.observed === false) return
        // Starting up is busy work; the first sample that counts begins after it.
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
 * Answers are data: nothing in them may be run, framed, guessed at or kept. HTML pages bring Helmet,
 * which is more than an API needs and costs a third of the time of a small request.
 *
 * https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html#security-headers
 */
export const API_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/** How often the event loop's delay is averaged. */
const SAMPLE_MS = 1000

const ALWAYS_ANSWERED = new Set(['/livez', '/readyz', '/metrics', '/metrics/otel'])
