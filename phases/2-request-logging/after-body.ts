import type { FastifyInstance, FastifyRequest } from 'fastify'

/** Methods whose requests may have a body. */
const WITH_BODY = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

/**
 * Calls `enter` between the reading of a request's body and its handler. Node reads a body in the context
 * of the connection, so what `AsyncLocalStorage` held before is gone by then and has to be entered again.
 * A request without a body does not need it and does not pay for it.
 */
export function afterBody(app: FastifyInstance, enter: (request: FastifyRequest, next: () => void) => void): void {
  app.addHook('onRoute', (route) => {
    if (![route.method].flat().some((method) => WITH_BODY.has(method))) return
    route.preValidation = [(request, _reply, done) => enter(request, done), ...[route.preValidation ?? []].flat()]
  })
}
