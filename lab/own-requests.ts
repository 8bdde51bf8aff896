import { isIP } from 'node:net'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type {} from '../phases/phase.ts'
import { LabError } from './lab-error.ts'

/**
 * For a scope of routes that are the Lab's own: requests to them are not observed, and those that another site has
 * made a browser send are refused.
 */
export function ownRequestsAlone(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    route.config = { ...route.config, observed: false }
  })
  app.addHook('onRequest', async (request, reply) => {
    reply.header('cross-origin-resource-policy', 'same-origin')
    // A page in a browser can send `X-Forwarded-Host`, but not another `Host`.
    if (!isOwnName(request.headers.host ?? '') || !isOwnName(request.host)) {
      const remedy = 'Open it by localhost or by the address of the machine.'
      throw new LabError(403, `The Lab does not answer to the name ${nameIn(request.host)}. ${remedy}`)
    }
    if (!isSameOrigin(request)) throw new LabError(403, 'The Lab answers to its own page alone.')
  })
}

/**
 * A site that has its own name resolve to this machine is of the same origin as far as the browser can tell
 * (DNS rebinding). Only the name in the request gives it away, so it must be one that no site can have.
 */
function isOwnName(host: string): boolean {
  const name = nameIn(host)
  return name === 'localhost' || name.endsWith('.localhost') || isIP(name) !== 0
}

/** Without the port, and an IPv6 address without its brackets. */
function nameIn(host: string): string {
  const [, name = ''] = /^\[?(.*?)\]?(?::\d*)?$/.exec(host.toLowerCase()) ?? []
  return name
}

/**
 * Browsers say where a request comes from. A link on another site may lead to the page, as long as a person follows
 * it. What is no browser sends neither header.
 *
 * https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
 */
function isSameOrigin({ headers, host, method, routeOptions }: FastifyRequest): boolean {
  const { origin, 'sec-fetch-site': site, 'sec-fetch-mode': mode } = headers
  if (origin !== undefined && !isOrigin(origin, host)) return false
  if (site === undefined || site === 'same-origin' || site === 'none') return true
  return PAGES.has(routeOptions.url) && mode === 'navigate' && (method === 'GET' || method === 'HEAD')
}

/** Where the page may be. */
const PAGES: ReadonlySet<string | undefined> = new Set(['/', '/lab'])

function isOrigin(origin: string, host: string): boolean {
  return origin === `http://${host}` || origin === `https://${host}`
}
