import fastifyPlugin from 'fastify-plugin'
import { Counter, Histogram } from 'prom-client'
import { onEnd } from '../1-logging/on-end.ts'
import { channels } from '../announcements.ts'
import type {} from './process-metrics.ts'

/** Measures SQL statements, the waits before them, and cache commands. */
export const storageMetrics = fastifyPlugin(
  async (app) => {
    const queryDuration = new Histogram({
      name: 'db_client_operation_duration_seconds',
      help: 'Time that an SQL statement took, in seconds, from sending it to its answer.',
      registers: [app.registry],
      labelNames: ['operation', 'table', 'outcome'],
      buckets: DATABASE_BUCKETS,
    })
    onEnd(app, channels.query, ({ operation, table, error }, latency) => {
      queryDuration.observe({ operation, table, outcome: error ? 'error' : 'ok' }, latency / 1000)
    })

    // Waits are measured separately: they show too many callers, not a slow database.
    const connectionWait = new Histogram({
      name: 'db_client_connection_wait_duration_seconds',
      help: 'Time until work had a database connection, in seconds; about 0 when one was free.',
      registers: [app.registry],
      labelNames: ['outcome'],
      buckets: DATABASE_BUCKETS,
    })
    onEnd(app, channels.connection, ({ error }, latency) => {
      connectionWait.observe({ outcome: error ? 'error' : 'ok' }, latency / 1000)
    })
    const shareWait = new Histogram({
      name: 'db_client_shared_statement_wait_duration_seconds',
      help: 'Time until a caller had its turn in a statement that callers share, in seconds; 0 when it came at once.',
      registers: [app.registry],
      labelNames: ['operation', 'table'],
      buckets: DATABASE_BUCKETS,
    })
    onEnd(app, channels.share, ({ operation, table, waitMs }) => {
      if (waitMs !== undefined) shareWait.observe({ operation, table }, waitMs / 1000)
    })

    const cacheRequests = new Counter({
      name: 'cache_requests_total',
      help: 'Cache commands by result. The hit ratio is hits / (hits + misses).',
      registers: [app.registry],
      labelNames: ['operation', 'result'],
    })
    const cacheDuration = new Histogram({
      name: 'cache_operation_duration_seconds',
      help: 'Time that a cache command took, in seconds.',
      registers: [app.registry],
      labelNames: ['operation'],
      buckets: [0.00001, 0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1],
    })
    onEnd(app, channels.cache, ({ operation, outcome = 'error' }, latency) => {
      cacheDuration.observe({ operation }, latency / 1000)
      if (outcome !== 'ok') cacheRequests.inc({ operation, result: outcome })
    })
  },
  { name: 'storage-metrics', dependencies: ['process-metrics'] },
)

const DATABASE_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1]
