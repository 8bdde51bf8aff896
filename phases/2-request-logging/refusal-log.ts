import { randomUUID } from 'node:crypto'
import type { Server } from 'node:http'
import type { FastifyInstance } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { onEnd } from '../1-logging/on-end.ts'
import { channels, type RefusalAnnouncement } from '../announcements.ts'
import { bindScope } from './bind-scope.ts'
import type { Scope } from './request-scope.ts'

const apps = new WeakMap<Server, FastifyInstance>()

/**
 * Logs input that Node's parser could not turn into a request. Like a request it gets an id, which the client receives,
 * and a log line. No method or path is known, and the input itself must not be logged.
 */
export const refusalLog = fastifyPlugin(
  async (app) => {
    apps.set(app.server, app)

    const openScope = (refusal: RefusalAnnouncement): Scope => {
      const request_id = randomUUID()
      refusal.requestId = request_id
      return { fields: { request_id }, app: apps.get(refusal.server) }
    }
    bindScope(app, channels.refusal, openScope)
    onEnd(app, channels.refusal, ({ status, reason }, latency) => {
      app.log.warn({ status, reason, latency }, 'request refused')
    })
  },
  { name: 'refusal-log', dependencies: ['request-scope'] },
)
