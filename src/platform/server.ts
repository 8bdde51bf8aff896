import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify'
import type { Phase, PhaseOptions } from '../../phases/phase.ts'
import { type Config, ConfigError } from '../config.ts'
import { addAllowedMethods } from './allowed-methods.ts'
import { drain } from './drain.ts'
import { jsonBody } from './json-body.ts'
import { problemDetails } from './problem.ts'
import { onClientError, watchConnections } from './refusal.ts'
import { requestRules } from './request-rules.ts'
import { serverDefaults } from './server-defaults.ts'
import { validation } from './validation.ts'

/** The server itself reads more settings than the phases do. */
export interface ServerOptions extends PhaseOptions {
  readonly config: Config
}

/**
 * A Fastify server with sane limits and the phase's logger, and nothing else yet.
 *
 * @throws ConfigError when the phase's logger cannot work with the configuration.
 */
export function createServer(options: ServerOptions, phase: Phase): FastifyInstance {
  const logger = openLogger(options, phase)
  const app: FastifyInstance = fastify({
    ...(logger ? { loggerInstance: logger } : { logger: false }),
    // The phases write the request log, and add the request's fields to every line by context, which is cheaper than a
    // child logger per request.
    logController: new LogController({ disableRequestLogging: true }),
    childLoggerFactory: (parent) => parent,
    // The very first start may have to create a database cluster, on a slow machine.
    pluginTimeout: 120_000,
    // Fastify's own 503 is not problem details. While the server closes, a further request on a connection is the last:
    // it is answered with `connection: close`.
    return503OnClosing: false,
    // The proxies whose `X-Forwarded-…` headers are trusted.
    trustProxy: options.config.TRUST_PROXY ?? false,
    bodyLimit: 64 * 1024,
    requestTimeout: 30_000,
    // Node would refuse a request without `Host` before any hook; request-rules.ts refuses it in a hook.
    http: { headersTimeout: 10_000, requireHostHeader: false },
    // A path that cannot be decoded becomes an unknown path, so that all hooks run. The not-found handler distinguishes
    // the two.
    rewriteUrl: (request) => {
      const { url = '' } = request
      const path = withoutOrigin(url)
      if (path !== url) Object.assign(request, { originalUrl: path })
      return isDecodable(path) ? path : '/malformed'
    },
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    clientErrorHandler: (error, socket) => onClientError(app, error, socket),
  })
  watchConnections(app)
  addAllowedMethods(app, MAX_PARAM_LENGTH)
  app.register(validation)
  app.register(jsonBody)
  return app
}

/** Registers the phase's plugins first, so that they observe everything else, then the defaults of every server. */
export function addPhase(app: FastifyInstance, given: ServerOptions, phase: Phase): void {
  for (const entry of phase.plugins) {
    const [plugin, options] = typeof entry === 'function' ? [entry, {}] : entry
    app.register(plugin, { ...options, ...given })
  }
  app.register(problemDetails)
  app.register(requestRules)
  app.register(serverDefaults, { config: given.config })
  app.register(drain)
}

/** The maximal size of a request's headers, so that a long id is invalid rather than not found. */
const MAX_PARAM_LENGTH = 16 * 1024

function openLogger(options: PhaseOptions, phase: Phase): FastifyBaseLogger | undefined {
  try {
    return phase.logger?.(options)
  } catch (cause) {
    const problem = `${options.config.LOG_FILE} cannot be written (${(cause as Error).message})`
    throw new ConfigError('LOG_FILE', problem, 'Set LOG_FILE to a file that can be, or to nothing for no file.')
  }
}

/**
 * A client may send the whole URL, as it does to a proxy. Its host must not appear in logs and responses.
 *
 * https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2
 */
function withoutOrigin(target: string): string {
  if (target.startsWith('/')) return target
  const [, path] = /^https?:\/\/[^/?#]*(.*)$/i.exec(target) ?? []
  if (path === undefined) return target
  return path.startsWith('/') ? path : `/${path}`
}

function isDecodable(url: string): boolean {
  if (!url.includes('%')) return true
  try {
    decodeURI(url)
    return true
  } catch {
    return false
  }
}
