import { ConfigError } from '../config.ts'

/** As long as a timer of Node.js can be, and as large as a length or a count needs to be. */
const MAX = 2 ** 31 - 1

const NUMBERS: Readonly<Record<string, number>> = {
  OTEL_BSP_SCHEDULE_DELAY: 0,
  OTEL_BSP_EXPORT_TIMEOUT: 1,
  OTEL_BSP_MAX_QUEUE_SIZE: 1,
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: 1,
  OTEL_EXPORTER_OTLP_TIMEOUT: 1,
  OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: 1,
  OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: 0,
  OTEL_ATTRIBUTE_COUNT_LIMIT: 0,
  OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: 0,
  OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: 0,
  OTEL_SPAN_EVENT_COUNT_LIMIT: 0,
  OTEL_SPAN_LINK_COUNT_LIMIT: 0,
  OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT: 0,
  OTEL_LINK_ATTRIBUTE_COUNT_LIMIT: 0,
}

const DEFAULT_QUEUE_SIZE = 8192

/**
 * Checks the numbers and lists in OpenTelemetry's variables. The specification would have a wrong one ignored with a
 * warning; here it ends the start, like every setting that cannot work, because its spans would be missed too late.
 * Words that do not exist are the phases' business, which know what they honour.
 *
 * @throws ConfigError that names the variable and says what to do.
 */
export function checkOtelValues(env: NodeJS.ProcessEnv = process.env): void {
  for (const [name, minimum] of Object.entries(NUMBERS)) {
    const value = env[name]?.trim()
    if (!value || isWhole(value, minimum)) continue
    throw notWorking(name, value, `a whole number from ${minimum} to ${MAX}`)
  }
  checkShare(env.OTEL_TRACES_SAMPLER_ARG?.trim())
  checkBatch(env)
  for (const name of ['OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_EXPORTER_OTLP_TRACES_HEADERS']) checkHeaders(name, env[name])
  const methods = env.OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS?.trim()
  if (methods && !methods.split(',').every((method) => /^[!#$%&'*+.^_`|~\w-]+$/.test(method.trim())))
    throw notWorking('OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS', methods, 'names of methods with commas between')
}

function isWhole(text: string, minimum: number): boolean {
  return /^\d+$/.test(text) && Number(text) >= minimum && Number(text) <= MAX
}

function checkShare(share: string | undefined): void {
  if (!share || (/^(\d+\.?\d*|\.\d+)(e-?\d+)?$/i.test(share) && Number(share) <= 1)) return
  throw notWorking('OTEL_TRACES_SAMPLER_ARG', share, 'a number from 0 to 1')
}

/** The SDK would take the smaller number for both, so one of them is not what was meant. */
function checkBatch(env: NodeJS.ProcessEnv): void {
  const queue = Number(env.OTEL_BSP_MAX_QUEUE_SIZE?.trim() || DEFAULT_QUEUE_SIZE)
  const batch = env.OTEL_BSP_MAX_EXPORT_BATCH_SIZE?.trim()
  if (!batch || Number(batch) <= queue) return
  throw notWorking('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', batch, `${queue} or less, or OTEL_BSP_MAX_QUEUE_SIZE to more`)
}

/** Their values are secrets, and are not repeated. */
function checkHeaders(name: string, list = ''): void {
  const pairs = list.split(',').filter((pair) => pair.trim() !== '')
  const wrong = pairs.findIndex((pair) => !isHeader(pair))
  if (wrong === -1) return
  const remedy = `Set ${name} to name=value pairs with commas between, and percent-encode commas and % in them.`
  throw new ConfigError(name, `pair ${wrong + 1} does not work`, remedy)
}

function isHeader(pair: string): boolean {
  const equals = pair.indexOf('=')
  try {
    const name = decodeURIComponent(pair.slice(0, Math.max(0, equals)).trim())
    const value = decodeURIComponent(pair.slice(equals + 1).trim())
    return /^[\w.-]+$/.test(name) && /^[ -~]+$/.test(value)
  } catch {
    return false
  }
}

function notWorking(name: string, value: string, expected: string): ConfigError {
  return new ConfigError(name, `${JSON.stringify(value)} does not work`, `Set ${name} to ${expected}.`)
}
