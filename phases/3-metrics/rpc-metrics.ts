import fastifyPlugin from 'fastify-plugin'
import { Counter, Gauge, Histogram } from 'prom-client'
import { listen } from '../1-logging/listen.ts'
import { onEnd } from '../1-logging/on-end.ts'
import { grpcStatus } from '../2-request-logging/grpc-status.ts'
import { channels } from '../announcements.ts'
import type {} from './process-metrics.ts'

/** RED for gRPC: rate, errors and duration by service and method. */
export const rpcMetrics = fastifyPlugin(
  async (app) => {
    const count = new Counter({
      name: 'grpc_server_request_total',
      help: 'gRPC calls that have been answered.',
      registers: [app.registry],
      labelNames: ['service', 'method', 'status_code'],
    })
    const duration = new Histogram({
      name: 'grpc_server_request_duration_seconds',
      help: 'Time from receiving a gRPC call to having answered it, in seconds.',
      registers: [app.registry],
      labelNames: ['service', 'method', 'status_code'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    })
    const inFlight = new Gauge({
      name: 'grpc_server_requests_in_flight',
      help: 'gRPC calls that are being served.',
      registers: [app.registry],
      labelNames: ['service', 'method'],
    })

    listen(app, channels.rpcServer.start, ({ service, method }) => inFlight.inc({ service, method }))
    onEnd(app, channels.rpcServer, (call, latency) => {
      const { service, method } = call
      const labels = { service, method, status_code: grpcStatus(call) }
      inFlight.dec({ service, method })
      count.inc(labels)
      duration.observe(labels, latency / 1000)
    })
  },
  { name: 'rpc-metrics', dependencies: ['process-metrics'] },
)
