/**
 * Exercise 5.2: A tenant on every line, in every service
 *
 * When a customer calls, support wants all log lines of that customer, from all services. The first service knows the
 * customer, and sends the name along as baggage: `baggage: tenant=acme`. It travels wherever the trace goes, but so far
 * no service reads it.
 *
 * Find the tenant in the request's baggage. Ignore a value that does not look like a tenant (small letters, digits and
 * dashes, at most 32), because baggage comes from outside. The header has a grammar: several entries, spaces, properties
 * behind a semicolon, values that are percent-encoded. The propagator has parsed it already.
 *
 * Where to look: `propagation.getBaggage` takes a context; the request's is in `request.scope.context`, where
 * phases/4-tracing/server-spans.ts has put it. Requests that are not traced have no context.
 */
import { propagation, ROOT_CONTEXT } from '@opentelemetry/api'
import type { FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import type {} from '../../2-request-logging/request-scope.ts'
import type {} from '../../4-tracing/context-manager.ts'

export const tenantField = fastifyPlugin(
  async (app) => {
    app.addHook('onRequest', (request, _reply, done) => {
      const tenant = tenantOf(request)
      if (tenant !== undefined) request.scope.fields.tenant = tenant
      done()
    })
  },
  { name: 'tenant-field', dependencies: ['server-spans'] },
)

function tenantOf(request: FastifyRequest): string | undefined {
  // Exercise 5.2: your part begins
  const baggage = propagation.getBaggage(request.scope.context ?? ROOT_CONTEXT)
  const tenant = baggage?.getEntry('tenant')?.value
  return tenant !== undefined && /^[a-z0-9-]{1,32}$/.test(tenant) ? tenant : undefined
  // Exercise 5.2: your part ends
}
