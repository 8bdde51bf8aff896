import type { FastifyInstance, RouteOptions } from 'fastify'
import findMyWay from 'find-my-way'

declare module 'fastify' {
  interface FastifyInstance {
    /** The methods of a path, on all of its routes; none for a path that does not exist. */
    methodsOf(path: string): readonly string[]
  }
}

/**
 * Decorates the app with `methodsOf`, for 405 responses: Fastify itself does not distinguish an unknown path from an
 * unknown method. It covers the routes that are added later.
 *
 * https://www.rfc-editor.org/rfc/rfc9110#section-15.5.6
 */
export function addAllowedMethods(app: FastifyInstance, maxParamLength: number): void {
  const routes: RouteOptions[] = []
  let paths: Router | undefined

  app.addHook('onRoute', (route) => {
    routes.push(route)
  })
  app.decorate('methodsOf', (path) => {
    paths ??= routerOf(routes, maxParamLength) // all hooks have run on the routes by now
    return [...((paths.find('GET', path)?.store as Set<string> | undefined) ?? [])]
  })
}

type Router = ReturnType<typeof findMyWay>

/** A router of paths alone, which stores the methods of each. */
function routerOf(routes: readonly RouteOptions[], maxParamLength: number): Router {
  const paths = findMyWay({ maxParamLength })
  const methodsByUrl = new Map<string, Set<string>>()
  for (const { url, method } of routes) {
    if (url === '*') continue // of CORS, for preflights
    let methods = methodsByUrl.get(url)
    if (methods === undefined) {
      methods = new Set()
      methodsByUrl.set(url, methods)
      paths.on('GET', url, () => {}, methods)
    }
    for (const each of [method].flat()) methods.add(each)
  }
  return paths
}
