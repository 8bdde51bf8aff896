import { type ServiceError, status } from '@grpc/grpc-js'
import type { BadRequest, ReceivedBadRequest } from '../../proto/google/rpc/BadRequest.ts'
import type { ErrorInfo, ReceivedErrorInfo } from '../../proto/google/rpc/ErrorInfo.ts'
import type { ReceivedStatus, Status } from '../../proto/google/rpc/Status.ts'
import { DomainError, type DomainErrorCode } from '../domain-error.ts'
import { messageDefinition } from './definitions.ts'
import { GrpcError } from './grpc-error.ts'

/** The reasons that are codes of the domain, as `addDetails` sends them. */
const CODES: ReadonlySet<string> = new Set<DomainErrorCode>([
  'invalid',
  'idempotency_key_reused',
  'not_found',
  'conflict',
  'sold_out',
  'unavailable',
])

/**
 * The error behind the status and the details of a failed call: the error that the service threw, or `unavailable` or
 * `timeout` if it could not be reached. Anything else is `internal`.
 */
export function fromServiceError(cause: ServiceError): DomainError | GrpcError {
  if (cause.code === status.DEADLINE_EXCEEDED) {
    return new DomainError('timeout', 'The course service did not answer in time.', [], { cause })
  }
  const { reason, fields } = detailsOf(cause)
  const code = reason.toLowerCase()
  if (CODES.has(code)) return new DomainError(code as DomainErrorCode, cause.details, fields, { cause })
  if (cause.code === status.UNAVAILABLE || cause.code === status.CANCELLED) {
    return new DomainError('unavailable', 'The course service cannot be reached just now.', [], { cause })
  }
  if (cause.code === status.INVALID_ARGUMENT && reason !== '') {
    return new GrpcError(cause.code, reason, cause.details, fields)
  }
  return new DomainError('internal', `The course service failed: ${cause.message}`, [], { cause })
}

const statusMessage = messageDefinition<Status, ReceivedStatus>('google.rpc.Status')
const errorInfo = messageDefinition<ErrorInfo, ReceivedErrorInfo>('google.rpc.ErrorInfo')
const badRequest = messageDefinition<BadRequest, ReceivedBadRequest>('google.rpc.BadRequest')

function detailsOf({ metadata }: ServiceError): { reason: string; fields: DomainError['fields'] } {
  const [bytes] = metadata.get('grpc-status-details-bin')
  const found = { reason: '', fields: [] as { path: string; message: string }[] }
  if (!Buffer.isBuffer(bytes)) return found
  for (const { type_url, value } of statusMessage.deserialize(bytes).details) {
    if (type_url.endsWith('/google.rpc.ErrorInfo')) found.reason = errorInfo.deserialize(value as Buffer).reason
    if (!type_url.endsWith('/google.rpc.BadRequest')) continue
    const { field_violations } = badRequest.deserialize(value as Buffer)
    found.fields = field_violations.map(({ field, description }) => ({ path: pathOf(field), message: description }))
  }
  return found
}

/** `batches[0].starts_at` is `/batches/0/starts_at` in the domain. */
function pathOf(field: string): string {
  return `/${field.replaceAll(/\[(\d+)\]/g, '/$1').replaceAll('.', '/')}`
}
