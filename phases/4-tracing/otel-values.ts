import { accessSync, constants } from 'node:fs'

/** The accepted values of an OpenTelemetry variable. */
export interface Variable {
  /** Completes "Set it to …". */
  readonly expected: string
  /** Whether a value has an effect. A value without effect is ignored with a warning. */
  accepts?(value: string): boolean
  /** The reason why the app must not start with this value; undefined if there is none. */
  fault?(value: string, name: string): Fault | undefined
}

/** Why a value is invalid. */
export interface Fault {
  /** Completes "OTEL_…: …". Never repeats a secret. */
  readonly problem: string
  /** Completes "Set OTEL_… to …", if the variable's own `expected` does not fit. */
  readonly expected?: string
}

/** A variable whose value is one of a few words. */
export interface Choice extends Variable {
  readonly values: readonly string[]
}

/** The longest timer of Node.js, in milliseconds. It suits lengths and counts too. */
const MAX = 2 ** 31 - 1

/** How many ended spans wait to be sent, unless `OTEL_BSP_MAX_QUEUE_SIZE` says otherwise. */
export const DEFAULT_QUEUE_SIZE = 8192

/** The trimmed value of a variable; empty if it is unset. */
export function env(name: string): string {
  return process.env[name]?.trim() ?? ''
}

export const any: Variable = { expected: 'any text' }

/** One of these words, in upper or lower case. */
export function oneOf(...values: string[]): Choice {
  return {
    values,
    expected: values.join(', ').replace(/, ([^,]+)$/, ' or $1'),
    accepts: (value) => values.includes(value.toLowerCase()),
  }
}

export function wholeNumber(minimum: number): Variable {
  return {
    expected: `a whole number from ${minimum} to ${MAX}`,
    fault: (value) =>
      /^\d+$/.test(value) && Number(value) >= minimum && Number(value) <= MAX ? undefined : notWorking(value),
  }
}

/** At most the size of the queue. The SDK would use the smaller number for both. */
export const batchSize: Variable = {
  ...wholeNumber(1),
  fault(value, name) {
    const queue = Number(env('OTEL_BSP_MAX_QUEUE_SIZE') || DEFAULT_QUEUE_SIZE)
    if (Number(value) <= queue) return wholeNumber(1).fault?.(value, name)
    return { ...notWorking(value), expected: `${queue} or less, or OTEL_BSP_MAX_QUEUE_SIZE to more` }
  },
}

export const share: Variable = {
  expected: 'a number from 0 to 1, and OTEL_TRACES_SAMPLER to parentbased_traceidratio or traceidratio',
  accepts: (value) => Number(value) === 1 || /ratio$/i.test(env('OTEL_TRACES_SAMPLER')),
  fault: (value) =>
    /^(\d+\.?\d*|\.\d+)(e-?\d+)?$/i.test(value) && Number(value) <= 1
      ? undefined
      : { ...notWorking(value), expected: 'a number from 0 to 1' },
}

export const methods: Variable = {
  expected: 'names of methods with commas between',
  fault: (value) =>
    value.split(',').every((method) => /^[!#$%&'*+.^_`|~\w-]+$/.test(method.trim())) ? undefined : notWorking(value),
}

/** Header values are secrets, so faults show only the pair's position. */
export const headers: Variable = {
  expected: 'name=value pairs with commas between, and percent-encode commas and % in them',
  fault(value) {
    const pairs = value.split(',').filter((pair) => pair.trim() !== '')
    const wrong = pairs.findIndex((pair) => !isHeader(pair))
    return wrong === -1 ? undefined : { problem: `pair ${wrong + 1} does not work` }
  },
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

export const url: Variable = {
  expected: 'an http:// or https:// URL',
  fault: (value) =>
    /^https?:\/\//i.test(value) && URL.canParse(value) ? undefined : { problem: `${JSON.stringify(value)} is no URL` },
}

/** For gRPC also the path of a socket, or `host:port` if another variable switches TLS off. */
export const otlpEndpoint: Variable = {
  ...url,
  fault: (value, name) => (isForGrpc(value) ? undefined : url.fault?.(value, name)),
}

function isForGrpc(endpoint: string): boolean {
  const forTraces = (name: string) =>
    (env(`OTEL_EXPORTER_OTLP_TRACES_${name}`) || env(`OTEL_EXPORTER_OTLP_${name}`)).toLowerCase()
  if ((forTraces('PROTOCOL') || 'grpc') !== 'grpc') return false
  return /^unix:/.test(endpoint) || (forTraces('INSECURE') === 'true' && URL.canParse(`http://${endpoint}`))
}

export const pemFile: Variable = {
  expected: 'a file in PEM format, or leave it unset',
  fault(file) {
    try {
      accessSync(file, constants.R_OK)
      return undefined
    } catch (error) {
      return { problem: `${file} cannot be read (${(error as NodeJS.ErrnoException).code})` }
    }
  },
}

function notWorking(value: string): Fault {
  return { problem: `${JSON.stringify(value)} does not work` }
}
