import { DiagLogLevel, diag } from '@opentelemetry/api'
import { getBooleanFromEnv, getStringFromEnv } from '@opentelemetry/core'
import type { FastifyBaseLogger } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import type { PhaseOptions } from '../phase.ts'
import {
  any,
  batchSize,
  type Choice,
  env,
  headers,
  methods,
  oneOf,
  otlpEndpoint,
  pemFile,
  share,
  url,
  type Variable,
  wholeNumber,
} from './otel-values.ts'

const boolean = oneOf('true', 'false')
const protocol = oneOf('grpc', 'http/protobuf', 'http/json')
const compression = oneOf('gzip', 'none')

/** Variables that phases 4 and 5 use. All phases use `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES`. */
const ALWAYS: Readonly<Record<string, Variable>> = {
  OTEL_SERVICE_NAME: any,
  OTEL_RESOURCE_ATTRIBUTES: any,
  OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS: methods,
  OTEL_SDK_DISABLED: boolean,
  OTEL_LOG_LEVEL: oneOf('none', 'error', 'warn', 'info', 'debug', 'verbose', 'all'),
  OTEL_PROPAGATORS: {
    expected: 'tracecontext, baggage, or both with a comma between, or to none',
    accepts: (value) =>
      value === 'none' || value.split(',').every((name) => /^\s*(tracecontext|baggage)\s*$/.test(name)),
  },
  OTEL_TRACES_SAMPLER: oneOf(
    'parentbased_always_on',
    'parentbased_always_off',
    'parentbased_traceidratio',
    'always_on',
    'always_off',
    'traceidratio',
  ),
  OTEL_TRACES_SAMPLER_ARG: share,
  OTEL_LOGS_EXPORTER: oneOf('none'),
  OTEL_BSP_SCHEDULE_DELAY: wholeNumber(0),
  OTEL_BSP_EXPORT_TIMEOUT: wholeNumber(1),
  OTEL_BSP_MAX_QUEUE_SIZE: wholeNumber(1),
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: batchSize,
  OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: wholeNumber(0),
  OTEL_ATTRIBUTE_COUNT_LIMIT: wholeNumber(0),
  OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: wholeNumber(0),
  OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: wholeNumber(0),
  OTEL_SPAN_EVENT_COUNT_LIMIT: wholeNumber(0),
  OTEL_SPAN_LINK_COUNT_LIMIT: wholeNumber(0),
  OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT: wholeNumber(0),
  OTEL_LINK_ATTRIBUTE_COUNT_LIMIT: wholeNumber(0),
}

/** Variables that only phase 4 uses, which sends spans to Jaeger in its own format. */
const WITH_JAEGER: Readonly<Record<string, Variable>> = {
  OTEL_TRACES_EXPORTER: oneOf('jaeger', 'console', 'none'),
  OTEL_EXPORTER_JAEGER_ENDPOINT: url,
  OTEL_EXPORTER_JAEGER_USER: any,
  OTEL_EXPORTER_JAEGER_PASSWORD: any,
}

/** Variables that only phase 5 uses, which sends spans as OTLP and measures with OpenTelemetry. */
const WITH_OTLP: Readonly<Record<string, Variable>> = {
  OTEL_TRACES_EXPORTER: oneOf('otlp', 'console', 'none'),
  OTEL_METRICS_EXPORTER: oneOf('prometheus', 'none'),
  OTEL_METRICS_EXEMPLAR_FILTER: oneOf('trace_based'),
  ...ofTraces('ENDPOINT', otlpEndpoint),
  ...ofTraces('PROTOCOL', protocol),
  ...ofTraces('COMPRESSION', compression),
  ...ofTraces('HEADERS', headers),
  ...ofTraces('TIMEOUT', wholeNumber(1)),
  ...ofTraces('INSECURE', boolean),
  ...ofTraces('CERTIFICATE', pemFile),
  ...ofTraces('CLIENT_KEY', pemFile),
  ...ofTraces('CLIENT_CERTIFICATE', pemFile),
}

const HONOURED = { jaeger: { ...ALWAYS, ...WITH_JAEGER }, otlp: { ...ALWAYS, ...WITH_OTLP } }

/** The names of all variables that a phase uses. */
export const HONOURED_NAMES = [...new Set(Object.values(HONOURED).flatMap((variables) => Object.keys(variables)))]

/** Remedies for variables without effect. The first pattern that matches decides. */
const REMEDIES: readonly [name: RegExp, remedy: string][] = [
  [/CONFIG_FILE$/, 'No file is read. Set the variables that it would replace.'],
  [/^OTEL_(BLRP|LOGRECORD|EXPORTER_OTLP_LOGS)_/, 'Log lines go to standard output and LOG_FILE. Collect them there.'],
  [/^OTEL_(METRIC|EXPORTER_OTLP_METRICS|EXPORTER_PROMETHEUS)_/, 'Metrics are not pushed. Scrape /metrics/otel.'],
  [/^OTEL_EXPORTER_ZIPKIN_/, 'Spans are not sent to Zipkin. Send OTLP to a collector that forwards them.'],
  [/^OTEL_EXPORTER_JAEGER_/, 'Set OTEL_EXPORTER_JAEGER_ENDPOINT in phase 4, OTEL_EXPORTER_OTLP_ENDPOINT in phase 5.'],
  [/^OTEL_NODE_/, "What is instrumented is in the phase's index.ts. Describe the source in OTEL_RESOURCE_ATTRIBUTES."],
  [/^OTEL_/, 'It is unknown. Compare its spelling with the names in otel-variables.ts.'],
]

export interface OtelVariablesOptions extends PhaseOptions {
  /** The backend that this phase sends spans to: `jaeger` in phase 4, `otlp` in phase 5. */
  readonly backend: keyof typeof HONOURED
}

/**
 * Makes sure that no OpenTelemetry variable is ignored silently. An unknown word and a variable without effect cause a
 * warning each, and count as unset from then on, as the specification demands. It demands the same for an invalid
 * number, endpoint or certificate. Here those stop the start, because missing spans would be noticed too late.
 *
 * https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 *
 * @throws an error named `ConfigError`, whose message names the variable and says what to do
 */
export const otelVariables = fastifyPlugin<OtelVariablesOptions>(
  async (app, { backend }) => {
    const names = Object.keys(process.env).filter((name) => name.startsWith('OTEL_') && env(name) !== '')
    refuseFaults(names, backend)
    for (const name of names.sort()) {
      const problem = check(name, backend)
      if (problem === undefined) continue
      app.log.warn({ reason: `${name}: ${problem}` }, 'a variable of OpenTelemetry is ignored')
      // The SDK reads the environment too. It would accept a wrong word, or complain in its own words.
      delete process.env[name]
    }
    logSdkDiagnostics(app.log)
  },
  { name: 'otel-variables' },
)

function refuseFaults(names: readonly string[], backend: keyof typeof HONOURED): void {
  for (const name of names) {
    const variable = variableOf(name, backend)
    const fault = variable?.fault?.(env(name), name)
    if (variable === undefined || fault === undefined) continue
    const error = new Error(`${name}: ${fault.problem}. Set ${name} to ${fault.expected ?? variable.expected}.`)
    throw Object.assign(error, { name: 'ConfigError' })
  }
}

function variableOf(name: string, backend: keyof typeof HONOURED): Variable | undefined {
  return (HONOURED[backend] as Record<string, Variable>)[name]
}

/** Whether `OTEL_SDK_DISABLED` switches off spans and OpenTelemetry's metrics. Propagation stays on. */
export function isSdkDisabled(): boolean {
  return getBooleanFromEnv('OTEL_SDK_DISABLED')
}

/** @returns why a variable has no effect, and what to do; undefined if it has one */
function check(name: string, backend: keyof typeof HONOURED): string | undefined {
  const variable = variableOf(name, backend)
  if (variable === undefined) return checkElsewhere(name, backend)
  const value = env(name)
  if (variable.accepts?.(value) === false)
    return `${JSON.stringify(value)} has no effect. Set it to ${variable.expected}.`
  if (isChoice(variable)) process.env[name] = value.toLowerCase() // the SDK knows lower case only
  return undefined
}

/** A variable of the other phase is no mistake if this phase's own endpoint is set as well. */
function checkElsewhere(name: string, backend: keyof typeof HONOURED): string | undefined {
  if (HONOURED_NAMES.includes(name)) {
    const [own, other] = backend === 'jaeger' ? ['JAEGER', 5] : ['OTLP', 4]
    if (env(`OTEL_EXPORTER_${own}_ENDPOINT`) !== '') return undefined
    return `only phase ${other} uses it. Unset it, or set OTEL_EXPORTER_${own}_ENDPOINT, which this phase uses.`
  }
  return REMEDIES.find(([pattern]) => pattern.test(name))?.[1]
}

/** Logs the SDK's diagnostics at `OTEL_LOG_LEVEL`. If it is unset none are logged, as in OpenTelemetry's own set-up. */
function logSdkDiagnostics(log: FastifyBaseLogger): void {
  const level = getStringFromEnv('OTEL_LOG_LEVEL')
  if (level === undefined || level === 'none') return
  const { pino, api } = LEVELS[level as keyof typeof LEVELS]
  // The child logger shows these lines even where LOG_LEVEL would hide them.
  const sdk = log.child({ scope: 'opentelemetry' }, { level: pino })
  const logAt =
    (level: 'error' | 'warn' | 'info' | 'debug' | 'trace') =>
    (reason: string, ...more: unknown[]) =>
      sdk[level]({ reason: [reason, ...more].map(String).join(' ') }, 'OpenTelemetry says')
  diag.setLogger(
    { error: logAt('error'), warn: logAt('warn'), info: logAt('info'), debug: logAt('debug'), verbose: logAt('trace') },
    { logLevel: api, suppressOverrideMessage: true },
  )
}

const LEVELS = {
  error: { pino: 'error', api: DiagLogLevel.ERROR },
  warn: { pino: 'warn', api: DiagLogLevel.WARN },
  info: { pino: 'info', api: DiagLogLevel.INFO },
  debug: { pino: 'debug', api: DiagLogLevel.DEBUG },
  verbose: { pino: 'trace', api: DiagLogLevel.VERBOSE },
  all: { pino: 'trace', api: DiagLogLevel.ALL },
} as const

function isChoice(variable: Variable): variable is Choice {
  return 'values' in variable
}

/** An OTLP variable for all signals, and its variant for traces, which takes precedence. */
function ofTraces(name: string, variable: Variable): Record<string, Variable> {
  return { [`OTEL_EXPORTER_OTLP_${name}`]: variable, [`OTEL_EXPORTER_OTLP_TRACES_${name}`]: variable }
}
