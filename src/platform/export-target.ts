import { accessSync, constants } from 'node:fs'
import { ConfigError } from '../config.ts'

const FILES = ['CERTIFICATE', 'CLIENT_KEY', 'CLIENT_CERTIFICATE'].flatMap(forTraces)

/**
 * Checks where OpenTelemetry's variables send spans. An unknown word among them is only a warning, as the
 * specification demands; without a place to send to, all spans would be lost.
 *
 * @throws ConfigError when an endpoint is no URL or a certificate cannot be read.
 */
export function checkExportTarget(): void {
  for (const name of [...forTraces('ENDPOINT'), 'OTEL_EXPORTER_JAEGER_ENDPOINT']) {
    const endpoint = process.env[name]?.trim()
    if (!endpoint || isUrl(endpoint) || (name !== 'OTEL_EXPORTER_JAEGER_ENDPOINT' && isForGrpc(endpoint))) continue
    throw new ConfigError(name, `${JSON.stringify(endpoint)} is no URL`, `Set ${name} to an http:// or https:// URL.`)
  }
  for (const name of FILES) {
    const file = process.env[name]?.trim()
    if (file) checkReadable(name, file)
  }
}

function isUrl(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text)
}

/** gRPC may be told `host:port` alone, and whether to use TLS by another variable. It also takes a socket's path. */
function isForGrpc(endpoint: string): boolean {
  const [protocol] = valuesOf('PROTOCOL')
  if (protocol !== undefined && protocol !== 'grpc') return false
  return /^unix:/.test(endpoint) || (valuesOf('INSECURE')[0] === 'true' && URL.canParse(`http://${endpoint}`))
}

/** That for traces first. */
function valuesOf(name: string): string[] {
  return forTraces(name).flatMap((variable) => process.env[variable]?.trim().toLowerCase() || [])
}

function forTraces(name: string): string[] {
  return [`OTEL_EXPORTER_OTLP_TRACES_${name}`, `OTEL_EXPORTER_OTLP_${name}`]
}

function checkReadable(name: string, file: string): void {
  try {
    accessSync(file, constants.R_OK)
  } catch (error) {
    const problem = `${file} cannot be read (${(error as NodeJS.ErrnoException).code})`
    throw new ConfigError(name, problem, `Set ${name} to a file in PEM format, or leave it unset.`)
  }
}
