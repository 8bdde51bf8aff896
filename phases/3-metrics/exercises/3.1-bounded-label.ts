/**
 * Exercise 3.1: A label that stays bounded
 *
 * Product management wants to know how many requests come from which app. Callers say so in a header,
 * `x-client: ios/17.2.1`, and the counter below takes the header as it comes. Each version, each typing error
 * and each attacker with a random value makes one more series, which Prometheus keeps in memory.
 *
 * Make one of four values of it: `ios`, `android`, `web`, and `other` for everything else, also when there is
 * no such header. The version does not matter, and neither do capitals: `iOS/17.2.1` is `ios`.
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
