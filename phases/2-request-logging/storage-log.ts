import fastifyPlugin from 'fastify-plugin'
import { listen } from '../1-logging/listen.ts'
import { milliseconds, onEnd } from '../1-logging/on-end.ts'
import { channels, type ShareAnnouncement } from '../announcements.ts'
import { bindScope } from './bind-scope.ts'
import { type Scope, scopes } from './request-scope.ts'

/** Logs SQL statements and cache commands. The lines have the request's id, although the stores do not know it. */
export const storageLog = fastifyPlugin(
  async (app) => {
    onEnd(app, channels.query, ({ operation, table, text, rows, shares, error }, latency) => {
      const fields = { operation, table, query: text, ...requestsOf(shares) }
      if (error) app.log.warn({ ...fields, latency, err: error }, 'query failed')
      else app.log.debug({ ...fields, rows, latency }, 'query completed')
    })

    // A statement that several requests share belongs to their app, not to one request. Its line lists their ids.
    const callers = new WeakMap<ShareAnnouncement, Scope | undefined>()
    const requestsOf = (shares: readonly ShareAnnouncement[] = []) =>
      shares.length > 1 ? { request_ids: shares.map((share) => callers.get(share)?.fields.request_id) } : {}
    listen(app, channels.share.start, (share) => callers.set(share, scopes.getStore()))
    bindScope(app, channels.sharing, ({ shares: [share] }) => ({
      fields: {},
      app: share && callers.get(share)?.app,
    }))
    onEnd(app, channels.share, ({ queued, operation, table, waitMs, statement, rows, error }, latency) => {
      if (!queued) return
      const fields = { operation, table, callers: statement?.shares?.length, wait: milliseconds(waitMs ?? latency) }
      if (error) app.log.warn({ ...fields, latency, err: error }, 'share of a query failed')
      else app.log.debug({ ...fields, rows, latency }, 'share of a query completed')
    })

    onEnd(app, channels.connection, ({ waited, error }, latency) => {
      if (error) app.log.warn({ latency, err: error }, 'no database connection')
      else if (waited) app.log.debug({ latency }, 'database connection obtained')
    })

    onEnd(app, channels.cache, ({ operation, entity, outcome, error }, latency) => {
      app.log.debug(
        { operation, entity, outcome, latency, ...(error ? { err: error } : {}) },
        'cache command completed',
      )
    })
  },
  { name: 'storage-log', dependencies: ['request-scope'] },
)
