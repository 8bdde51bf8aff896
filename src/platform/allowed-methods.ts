import type { FastifyInstance } from 'fastify'
import findMyWay from 'find-my-way'

declare module 'fastify' {
  interface FastifyInstance {
    /** The methods that a path has, on all of its routes; none for a path that does not exist. */
    methodsOf(path: string): readonly string[]
  }
}

/**
 * Decorates the app with `methodsOf`, for the answer 405: Fastify itself does not tell a path that does not exist from
 * one that has other methods. It knows the routes that are added after it.
 *
 * https://www.rfc-editor.org/rfc/rfc9110#section-15.5.6
 */
export function addAllowedMethods(app: FastifyInstance, maxParamLength: number): void {
  const paths = findMyWay({ maxParamLength })

  app.addHook('onRoute', ({ url, method }) => {
    if (url === '*') return // of CORS, for preflights
    const known = paths.findRoute('GET', url)?.store as Set<string> | undefined
    const methods = known ?? new Set<string>()
    if (known === undefined) paths.on('GET', url, () => {}, methods)
    for (const each of [method].flat()) methods.add(each)
  })
  app.decorate('methodsOf', (path) => [...((paths.find('GET', path)?.store as Set<string> | undefined) ?? [])])
}
