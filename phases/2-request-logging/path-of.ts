import type { FastifyRequest } from 'fastify'

/** The path that was asked for, without the query: that may hold a token or a name, and logs and traces are read by many. */
export function pathOf({ originalUrl }: FastifyRequest): string {
  const query = originalUrl.indexOf('?')
  return query === -1 ? originalUrl : originalUrl.slice(0, query)
}
