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

/** What the server itself reads of the configuration is more than the phases do. */
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
    // The phases write the request log themselves, and put the request's fields on every line by
    // context, so that no child logger has to be made per request.
    logController: new LogController({ disableRequestLogging: true }),
    childLoggerFactory: (parent) => parent,
    // The very first start may have to make a database cluster, on a slow machine.
    pluginTimeout: 120_000,
    // Fastify's own refusal is not problem details. A request that comes in on a connection while the
    // server closes is its last one: it is answered, with `connection: close`.
    return503OnClosing: false,
    // Who may say by `X-Forwarded-…` for whom, by which scheme and to which host a request was.
    trustProxy: options.config.TRUST_PROXY ?? false,
    bodyLimit: 64 * 1024,
    requestTimeout: 30_000,
    // Node answers a request without a `Host` by itself, unseen by any hook; request-rules.ts does it here.
    http: { headersTimeout: 10_000, requireHostHeader: false },
    // A path that cannot be decoded becomes one that does not exist. It then runs through the same
    // hooks as any request, and the not-found handler tells the two apart.
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

/** Registers what every server has: the phase's plugins first, so that they see all that follows, then the defaults. */
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

/** As long as a request's headers may be, so that a long id is not valid rather than not found. */
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
 * A client may send the whole URL, as it does to a proxy. The host in it is not ours to repeat in logs and answers.
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
