import { type Logger, pino, stdSerializers } from 'pino'
import type { PhaseOptions } from '../phase.ts'
import { openDestinations } from './destinations.ts'
import { resourceAttributes } from './resource.ts'
import { time } from './time.ts'

/**
 * Creates a logger that writes one JSON object per line, to standard output and to a file.
 *
 * @param fields returns further fields; called for every line
 * @throws when the log file cannot be written
 */
export function createLogger({ config }: PhaseOptions, fields?: () => object): Logger {
  const resource = resourceAttributes(config)
  return pino(
    {
      level: config.LOG_LEVEL,
      // Fields of every line. Replicas share the service's name; each has an instance id of its own.
      base: { service: resource['service.name'], service_instance_id: resource['service.instance.id'] },
      ...(fields ? { mixin: fields, mixinMergeStrategy: Object.assign } : {}),
      // Readable levels and dates, under the names that our queries use.
      formatters: { level: (label) => ({ level: label }) },
      timestamp: time,
      messageKey: 'message',
      errorKey: 'err',
      serializers: { err: serializeError },
      redact: { paths: SECRETS, censor: '[redacted]' },
    },
    openDestinations(config),
  )
}

/** Keeps what helps to find the cause. An error's other properties may hold a customer's data. */
function serializeError(error: Error): object {
  const { type, message, stack } = stdSerializers.err(error)
  return { type, message, stack }
}

/** Paths of credentials and personal data, which must never reach a log. */
const SECRETS = ['', 'headers.', 'body.', 'customer.', 'body.customer.'].flatMap((parent) => [
  `${parent}authorization`,
  `${parent}cookie`,
  `${parent}["set-cookie"]`.replace('.[', '['),
  `${parent}password`,
  `${parent}email`,
  `${parent}phone`,
])
