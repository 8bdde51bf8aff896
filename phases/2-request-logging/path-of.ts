import type { FastifyRequest } from 'fastify'

/** The requested path without its query, which may hold a token or a name: many people read logs and traces. */
export function pathOf({ originalUrl }: FastifyRequest): string {
  const query = originalUrl.indexOf('?')
  return query === -1 ? originalUrl : originalUrl.slice(0, query)
}
