import { type FastifyBaseLogger, type FastifyPluginCallback, type FastifyServerOptions, LogController } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import type { Phase, PhaseConfig, PhaseOptions } from './phase.ts'

/** A phase, prepared for a Fastify app of your own. */
export interface Observability {
  /** Options for `Fastify(…)`: the phase's logger, in place of Fastify's own request log. */
  readonly options: Pick<FastifyServerOptions, 'loggerInstance' | 'logController' | 'childLoggerFactory'>
  /** All plugins of the phase. Register it before your routes. */
  readonly plugin: FastifyPluginCallback
}

/**
 * Prepares a phase for an app of your own:
 *
 *     const observability = openObservability(phase, { serviceName: 'shop' })
 *     const app = Fastify({ ...observability.options })
 *     app.register(observability.plugin)
 *
 * Settings are read from the environment: `LOG_LEVEL`, `LOG_FILE`, `LOG_FILE_MAX_BYTES`, `LOG_FILE_COUNT` and
 * OpenTelemetry's `OTEL_…`. When the app closes, buffered log lines are written and buffered spans are sent.
 *
 * @param options `serviceName` is the name in logs, metrics and traces unless `OTEL_SERVICE_NAME` is set
 * @throws an error named `ConfigError` when a setting is invalid. Its message names the variable and says what to do.
 */
export function openObservability(phase: Phase, { serviceName }: { readonly serviceName: string }): Observability {
  const options: PhaseOptions = { config: readConfig(serviceName) }
  const logger = openLogger(phase, options)

  const plugin = fastifyPlugin(
    async (app) => {
      if (logger && !isFrom(logger, app.log)) {
        throw new Error('The app has another logger. Create it with Fastify({ ...observability.options }).')
      }
      for (const entry of phase.plugins) {
        const [plugin, own] = typeof entry === 'function' ? [entry, {}] : entry
        app.register(plugin, { ...own, ...options })
      }
    },
    { name: 'observability' },
  )

  return { options: logger ? serverOptions(phase, logger) : {}, plugin }
}

/** From phase 2 on, a context puts the request's id on every line, so requests need no child logger. */
function serverOptions({ number }: Phase, loggerInstance: FastifyBaseLogger): Observability['options'] {
  const logController = new LogController({ disableRequestLogging: true })
  return number < 2
    ? { loggerInstance, logController }
    : { loggerInstance, logController, childLoggerFactory: (parent) => parent }
}

function openLogger(phase: Phase, options: PhaseOptions): FastifyBaseLogger | undefined {
  try {
    return phase.logger?.(options)
  } catch (cause) {
    throw configError(
      `LOG_FILE cannot be written (${(cause as Error).message}). Set it to a file that can be, or leave it unset.`,
    )
  }
}

/** Fastify may log with a child of the logger that it receives. */
function isFrom(logger: FastifyBaseLogger, used: FastifyBaseLogger): boolean {
  return used === logger || Object.prototype.isPrototypeOf.call(logger, used)
}

function readConfig(serviceName: string): PhaseConfig {
  const attributes = readAttributes('OTEL_RESOURCE_ATTRIBUTES')
  return {
    LOG_LEVEL: readChoice('LOG_LEVEL', ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], 'info'),
    LOG_FILE: read('LOG_FILE') ?? '',
    LOG_FILE_MAX_BYTES: readNumber('LOG_FILE_MAX_BYTES', { from: 1024, to: 2 ** 40, fallback: 10 * 1024 * 1024 }),
    LOG_FILE_COUNT: readNumber('LOG_FILE_COUNT', { from: 1, to: 100, fallback: 5 }),
    OTEL_SERVICE_NAME: read('OTEL_SERVICE_NAME') ?? attributes['service.name'] ?? serviceName,
    OTEL_RESOURCE_ATTRIBUTES: attributes,
  }
}

/** The trimmed value; undefined if it is unset or empty. */
function read(name: string): string | undefined {
  return process.env[name]?.trim() || undefined
}

function readChoice(name: string, choices: readonly string[], fallback: string): string {
  const value = read(name) ?? fallback
  if (!choices.includes(value)) throw invalid(name, value, choices.join(', ').replace(/, (\w+)$/, ' or $1'))
  return value
}

function readNumber(name: string, { from, to, fallback }: { from: number; to: number; fallback: number }): number {
  const value = read(name) ?? String(fallback)
  const number = Number(value)
  if (/^\d+$/.test(value) && number >= from && number <= to) return number
  throw invalid(name, value, `a whole number from ${from} to ${to}`)
}

/**
 * Reads `name=value` pairs, percent-encoded and separated by commas.
 *
 * https://opentelemetry.io/docs/specs/otel/resource/sdk/#specifying-resource-information-via-an-environment-variable
 */
function readAttributes(name: string): Record<string, string> {
  const pairs = (read(name) ?? '').split(',').filter((pair) => pair.trim() !== '')
  return Object.fromEntries(
    pairs.map((pair) => {
      const [key, value, ...more] = pair.split('=').map(decode)
      if (key && value !== undefined && more.length === 0) return [key, value]
      throw invalid(name, pair, 'name=value pairs with commas between, and percent-encode commas, = and % in them')
    }),
  )
}

/** Trims and percent-decodes; undefined if the encoding is invalid. */
function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.trim())
  } catch {
    return undefined
  }
}

function invalid(name: string, value: string, expected: string): Error {
  return configError(`${name}: ${JSON.stringify(value)} does not work. Set ${name} to ${expected}.`)
}

function configError(message: string): Error {
  return Object.assign(new Error(message), { name: 'ConfigError' })
}
