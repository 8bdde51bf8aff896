import { type Logger, pino, stdSerializers } from 'pino'
import type { PhaseOptions } from '../phase.ts'
import { openDestinations } from './destinations.ts'
import { resourceAttributes } from './resource.ts'
import { time } from './time.ts'

/**
 * A logger that writes one JSON object per line, to the console and to a file at once.
 *
 * @param fields is asked on every line for what else belongs on it.
 * @throws when the log file cannot be written.
 */
export function createLogger({ config }: PhaseOptions, fields?: () => object): Logger {
  const resource = resourceAttributes(config)
  return pino(
    {
      level: config.LOG_LEVEL,
      // Fields that are on every line of this process. Replicas have the service in common, and not the instance.
      base: { service: resource['service.name'], service_instance_id: resource['service.instance.id'] },
      ...(fields ? { mixin: fields, mixinMergeStrategy: Object.assign } : {}),
      // Words and dates that a person can read, under the names that our queries use.
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

/** Only what helps to find the cause: an error's other properties may hold a customer's data. */
function serializeError(error: Error): object {
  const { type, message, stack } = stdSerializers.err(error)
  return { type, message, stack }
}

/** What must never reach a log, wherever a line may carry it: credentials and personal data. */
const SECRETS = ['', 'headers.', 'body.', 'customer.', 'body.customer.'].flatMap((parent) => [
  `${parent}authorization`,
  `${parent}cookie`,
  `${parent}["set-cookie"]`.replace('.[', '['),
  `${parent}password`,
  `${parent}email`,
  `${parent}phone`,
])
