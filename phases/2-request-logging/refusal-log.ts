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
 * What Node's parser could not read as a request gets what requests get: an id, which the client is told,
 * and a line. There is no method or path to log, and nothing of what was sent may be.
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
