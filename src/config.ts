import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { parseArgs } from 'node:util'
import { Ajv, type ErrorObject } from 'ajv'
import { envSchema } from 'env-schema'
import { type Static, Type } from 'typebox'
import { stackSettings } from './stack.ts'

/** The validated settings. Every field is the environment variable of the same name. */
export type Config = Readonly<Static<typeof ConfigSchema>> & {
  /** By name, percent-decoded. `service.version` is that of package.json unless given. */
  readonly OTEL_RESOURCE_ATTRIBUTES: Readonly<Record<string, string>>
}

/** Defaults of an entry point. */
export type ConfigDefaults = Partial<Pick<Config, 'OTEL_SERVICE_NAME'>>

/** An invalid setting. `main.ts` prints it as one line and exits with code 1. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'

  /**
   * @param variable the environment variable at fault
   * @param problem what is wrong with it
   * @param remedy what to do about it, as a sentence
   */
  constructor(
    readonly variable: string,
    problem: string,
    remedy: string,
  ) {
    super(`${variable}: ${problem}. ${remedy}`)
  }
}

const port = { type: 'integer', minimum: 0, maximum: 65535 } as const

const milliseconds = { minimum: 1, maximum: 60_000, description: 'milliseconds, 1 to 60000' } as const

/** The rules that a learner writes in lesson 7. */
export const OWN_RULES = 'lessons/7-alerting/my.rules.yml'

/** The URL of a tool for browsers, and after a space the URL for this process if it differs. */
const LINK = '^(https?://[^\\s]+( https?://[^\\s]+)?)?$'
const LINK_DESCRIPTION = 'an http:// or https:// URL, or two with a space between: for browsers, and for this process'

// Each description completes the sentence "Set PORT to …".
const ConfigSchema = Type.Object({
  PHASE: Type.Integer({ minimum: 0, maximum: 5, default: 5, description: 'a number from 0 to 5' }),
  STACK: Type.Boolean({ default: false, description: 'true or false' }),
  ROLE: Type.Enum(['all', 'gateway', 'course'], { default: 'all', description: 'all, gateway or course' }),
  HOST: Type.String({ minLength: 1, default: '127.0.0.1', description: 'an address of this machine' }),
  PORT: Type.Integer({ ...port, default: 8080, description: 'a port number, 0 to 65535 (0 takes any free port)' }),
  GRPC_PORT: Type.Integer({
    ...port,
    default: 9900,
    description: 'a port number, 0 to 65535 (0 takes any free port)',
  }),
  COURSE_GRPC_URL: Type.String({
    pattern: '^[^\\s,/]+:\\d{1,5}(,[^\\s,/]+:\\d{1,5})*$',
    format: 'servers',
    default: '127.0.0.1:9900',
    description: 'host:port of the course service, several with commas between',
  }),
  DATABASE_URL: Type.Optional(
    Type.String({
      pattern: '^(memory:|postgres(ql)?://.+)?$',
      description: 'postgres://user:password@host:port/database, to memory:, or leave it unset',
    }),
  ),
  DATABASE_POOL_SIZE: Type.Integer({ minimum: 1, maximum: 1000, default: 10, description: 'a number from 1 to 1000' }),
  DATABASE_STATEMENT_TIMEOUT_MS: Type.Integer({ ...milliseconds, default: 5000 }),
  DATABASE_CONNECT_TIMEOUT_MS: Type.Integer({ ...milliseconds, default: 800 }),
  DATA_DIR: Type.String({ minLength: 1, default: './data', description: 'a folder that can be written' }),
  REDIS_URL: Type.Optional(
    Type.String({ pattern: '^(rediss?://.+)?$', description: 'redis://host:port, or leave it unset' }),
  ),
  REDIS_PASSWORD: Type.Optional(Type.String({ description: 'the password of Redis' })),
  BOOKING_HOLD_SECONDS: Type.Integer({
    minimum: 1,
    maximum: 86_400,
    default: 600,
    description: 'seconds, 1 to 86400',
  }),
  SWEEP_INTERVAL_MS: Type.Integer({
    minimum: 0,
    maximum: 3_600_000,
    default: 5000,
    description: 'milliseconds; 0 never sweeps',
  }),
  LOG_LEVEL: Type.Enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
    default: 'info',
    description: 'trace, debug, info, warn, error, fatal or silent',
  }),
  LOG_FILE: Type.String({ default: 'logs/app.log', description: 'a file that can be written, or nothing for no file' }),
  LOG_FILE_MAX_BYTES: Type.Integer({
    minimum: 1024,
    default: 10 * 1024 * 1024,
    description: 'a size in bytes, 1024 or more',
  }),
  LOG_FILE_COUNT: Type.Integer({ minimum: 1, maximum: 100, default: 5, description: 'a number from 1 to 100' }),
  EXTERNAL_API_URL: Type.Optional(
    Type.String({ pattern: '^(https?://.+)?$', format: 'url', description: 'an http:// or https:// URL' }),
  ),
  EXTERNAL_TIMEOUT_MS: Type.Integer({ ...milliseconds, default: 2000 }),
  PARTNER_URL: Type.Optional(
    Type.String({
      pattern: '^(https?://.+)?$',
      format: 'url',
      description: 'an http:// or https:// URL, or leave it unset',
    }),
  ),
  MAX_EVENT_LOOP_DELAY_MS: Type.Integer({
    minimum: 0,
    default: 1000,
    description: 'milliseconds; above them requests are answered with 503 (0 never does)',
  }),
  TRUST_PROXY: Type.Optional(
    Type.String({
      format: 'proxies',
      description: 'addresses or networks (10.0.0.5, 10.0.0.0/8, loopback, linklocal, uniquelocal) with commas between',
    }),
  ),
  OTEL_SERVICE_NAME: Type.String({
    minLength: 1,
    default: 'course-app',
    description: 'the name in logs, metrics and traces',
  }),
  LAB: Type.Enum(['on', 'off'], { default: 'on', description: 'on or off' }),
  LAB_COURSE_URL: Type.Optional(
    Type.String({
      pattern: '^(http://.+)?$',
      format: 'url',
      description: "the course service's http:// URL, where /livez is",
    }),
  ),
  LAB_RULES: Type.String({ default: OWN_RULES, description: 'paths of Prometheus rule files with commas between' }),
  PROMETHEUS_URL: Type.Optional(Type.String({ pattern: LINK, format: 'urls', description: LINK_DESCRIPTION })),
  GRAFANA_URL: Type.Optional(Type.String({ pattern: LINK, format: 'urls', description: LINK_DESCRIPTION })),
  JAEGER_URL: Type.Optional(Type.String({ pattern: LINK, format: 'urls', description: LINK_DESCRIPTION })),
  CORS_ORIGIN: Type.Optional(
    Type.String({
      pattern: '^(https?://[^/?#\\s]+)?$',
      format: 'url',
      description: 'the one origin that browsers may call from, as they send it: https://shop.example',
    }),
  ),
})

/**
 * Reads the settings: arguments (`--phase 3 --port 9000`) win over the environment, the environment over `.env`, and
 * `.env` over the defaults. The variables of `.env` are added to `process.env`, where OpenTelemetry reads its own.
 *
 * @param defaults replace the usual defaults
 * @throws ConfigError that names the variable and says what to do.
 */
export function loadConfig(args: readonly string[] = process.argv.slice(2), defaults: ConfigDefaults = {}): Config {
  loadEnvFile()
  const attributes = resourceAttributes()
  const explicit = onStack({ ...environment(), ...fromArguments(args) })
  const given = { ...defaults, ...dependentDefaults(explicit), ...nameIn(attributes), ...explicit }
  // Without strictNumbers: false, PORT=Infinity would pass a maximum.
  const ajv = new Ajv({ coerceTypes: true, useDefaults: true, removeAdditional: true, strictNumbers: false })
  ajv.addFormat('url', (text: string) => URL.canParse(text))
  ajv.addFormat('urls', (text: string) => text.split(' ').every((url) => URL.canParse(url)))
  ajv.addFormat('servers', (text: string) => text.split(',').every((server) => URL.canParse(`http://${server}`)))
  ajv.addFormat('proxies', (list: string) => list.split(',').every((name) => isProxy(name.trim())))
  try {
    const settings = envSchema<Static<typeof ConfigSchema>>({ schema: ConfigSchema, data: given, env: false, ajv })
    return { ...settings, OTEL_RESOURCE_ATTRIBUTES: { 'service.version': version, ...attributes } }
  } catch (error) {
    const [first] = (error as { errors?: ErrorObject[] }).errors ?? []
    if (first === undefined) throw error
    throw explain(first, given)
  }
}

const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
const { version } = JSON.parse(manifest) as { version: string }

/**
 * The value of `OTEL_RESOURCE_ATTRIBUTES`: `name=value` pairs with commas between, percent-encoded.
 *
 * https://opentelemetry.io/docs/specs/otel/resource/sdk/#specifying-resource-information-via-an-environment-variable
 *
 * @throws ConfigError when it is malformed.
 */
function resourceAttributes(): Record<string, string> {
  const variable = 'OTEL_RESOURCE_ATTRIBUTES'
  const pairs = (process.env[variable] ?? '').split(',').filter((pair) => pair.trim() !== '')
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name = '', value, ...more] = pair.split('=').map(decoded)
      if (name && value !== undefined && more.length === 0) return [name, value]
      const remedy = `Set ${variable} to name=value pairs with commas between, and percent-encode commas, = and % in them.`
      throw new ConfigError(variable, `${JSON.stringify(pair)} does not work`, remedy)
    }),
  )
}

/** Percent-decoded; undefined if it is malformed. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.trim())
  } catch {
    return undefined
  }
}

/** `OTEL_SERVICE_NAME` wins over the name in `OTEL_RESOURCE_ATTRIBUTES`, and that over the default. */
function nameIn(attributes: Record<string, string>): Record<string, string> {
  const name = attributes['service.name']
  return name ? { OTEL_SERVICE_NAME: name } : {}
}

/** Defaults that depend on other settings. */
function dependentDefaults({ ROLE }: Record<string, string>): Record<string, string> {
  return {
    // The Lab is for developers of the service, not for its users.
    ...(process.env.NODE_ENV === 'production' ? { LAB: 'off' } : {}),
    // Processes of one system need different names.
    ...(ROLE === 'gateway' || ROLE === 'course' ? { OTEL_SERVICE_NAME: ROLE } : {}),
  }
}

/** With `--stack`, missing settings come from `src/stack.ts`. */
function onStack(given: Record<string, string>): Record<string, string> {
  return given.STACK === 'true' ? { ...stackSettings(), ...given } : given
}

function loadEnvFile(): void {
  try {
    process.loadEnvFile('.env')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw new ConfigError('.env', `cannot be read (${(error as Error).message})`, 'Mend the file or remove it.')
  }
}

/** An empty variable counts as unset, except for LOG_FILE, where it means "no file". */
function environment(): Record<string, string> {
  const set: Record<string, string> = {}
  for (const name of Object.keys(ConfigSchema.properties)) {
    const value = process.env[name]
    if (value !== undefined && (value !== '' || name === 'LOG_FILE')) set[name] = value
  }
  return set
}

function fromArguments(args: readonly string[]): Record<string, string> {
  const names = Object.keys(ConfigSchema.properties)
  const options = Object.fromEntries(names.map((name) => [flagOf(name), { type: flagType(name) }]))
  try {
    const { values } = parseArgs({ args: [...args], options })
    return Object.fromEntries(
      names.flatMap((name) => (values[flagOf(name)] === undefined ? [] : [[name, String(values[flagOf(name)])]])),
    )
  } catch (error) {
    const known = names.map((name) => `--${flagOf(name)}`).join(' ')
    throw new ConfigError('Arguments', (error as Error).message.split('. ')[0] as string, `Known are ${known}.`)
  }
}

/** Whether Fastify's `trustProxy` accepts it: an address, a network, or the name of a range. */
function isProxy(name: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(name)) return true
  const [address = '', prefix, ...more] = name.split('/')
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] as number
  return bits > 0 && more.length === 0 && (prefix === undefined || (/^\d+$/.test(prefix) && isFrom1To(bits, prefix)))
}

function isFrom1To(bits: number, prefix: string): boolean {
  return Number(prefix) >= 1 && Number(prefix) <= bits
}

function flagOf(name: string): string {
  return name.toLowerCase().replaceAll('_', '-')
}

/** `--stack` has no value; every other argument has one. */
function flagType(name: string): 'boolean' | 'string' {
  return name === 'STACK' ? 'boolean' : 'string'
}

function explain(error: ErrorObject, given: Record<string, string>): ConfigError {
  const name = error.instancePath.slice(1)
  const property = (ConfigSchema.properties as Record<string, { description?: string }>)[name]
  return new ConfigError(
    name,
    `${JSON.stringify(given[name])} does not work`,
    `Set ${name} to ${property?.description ?? error.message}.`,
  )
}
