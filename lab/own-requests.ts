import { isIP } from 'node:net'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type {} from '../phases/phase.ts'
import { LabError } from './lab-error.ts'

/**
 * For the scope of the Lab's own routes: their requests are not observed, and cross-site requests of a browser are
 * rejected.
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
 * If a site's own name resolves to this machine (DNS rebinding), the browser considers it the same origin. Only the
 * name in the request reveals it, so the name must be one that no site can have.
 */
function isOwnName(host: string): boolean {
  const name = nameIn(host)
  return name === 'localhost' || name.endsWith('.localhost') || name === FROM_CONTAINERS || isIP(name) !== 0
}

/** What a container calls this machine, such as one with Grafana. No site can register a name in `.internal`. */
const FROM_CONTAINERS = 'host.docker.internal'

/** Without the port and the brackets of an IPv6 address. */
function nameIn(host: string): string {
  const [, name = ''] = /^\[?(.*?)\]?(?::\d*)?$/.exec(host.toLowerCase()) ?? []
  return name
}

/**
 * Browsers send the origin of a request. A link on another site may lead to the page if the user follows it. Clients
 * other than browsers send neither header.
 *
 * https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
 */
function isSameOrigin({ headers, host, method, routeOptions }: FastifyRequest): boolean {
  const { origin, 'sec-fetch-site': site, 'sec-fetch-mode': mode } = headers
  if (origin !== undefined && !isOrigin(origin, host)) return false
  if (site === undefined || site === 'same-origin' || site === 'none') return true
  return PAGES.has(routeOptions.url) && mode === 'navigate' && (method === 'GET' || method === 'HEAD')
}

/** Paths of the page. */
const PAGES: ReadonlySet<string | undefined> = new Set(['/', '/lab'])

function isOrigin(origin: string, host: string): boolean {
  return origin === `http://${host}` || origin === `https://${host}`
}
