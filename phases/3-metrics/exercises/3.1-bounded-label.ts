/**
 * Exercise 3.1: A label that stays bounded
 *
 * Product management wants to know how many requests come from which app. Callers say so in a header,
 * `x-client: ios/17.2.1`, and the counter below uses the header as it is. Each version, each typing error and each
 * attacker with a random value adds a series, which Prometheus keeps in memory.
 *
 * Turn the header into one of four values: `ios`, `android`, `web`, and `other` for everything else, also when there is
 * no such header. The name is what stands before the first slash. The version does not matter, and neither does case:
 * `iOS/17.2.1` is `ios`, and `iosx/1` is `other`.
 *
 * Where to look: `route` in phases/1-logging/request-end.ts is a label that had to be bounded, too.
 */
import fastifyPlugin from 'fastify-plugin'
import { Counter } from 'prom-client'
import type {} from '../../1-logging/request-end.ts'

export const clientMetrics = fastifyPlugin(
  async (app) => {
    const requests = new Counter({
      name: 'app_client_requests_total',
      help: 'HTTP requests by the app that sent them.',
      labelNames: ['client'],
    })
    app.onRequestEnd(({ request }) => {
      requests.inc({ client: clientOf(request.headers['x-client']) })
    })
  },
  { name: 'client-metrics', dependencies: ['request-end', 'process-metrics'] },
)

/** @param header what the caller sent, if anything: `ios/17.2.1` */
function clientOf(header: string | string[] | undefined): string {
  // Exercise 3.1: your part begins
  return String(header)
  // Exercise 3.1: your part ends
}
