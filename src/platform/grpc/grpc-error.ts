import { type Metadata, status } from '@grpc/grpc-js'
import type { BadRequest, ReceivedBadRequest } from '../../proto/google/rpc/BadRequest.ts'
import type { ErrorInfo, ReceivedErrorInfo } from '../../proto/google/rpc/ErrorInfo.ts'
import type { ReceivedStatus, Status } from '../../proto/google/rpc/Status.ts'
import { DomainError, type DomainErrorCode } from '../domain-error.ts'
import { messageDefinition } from './definitions.ts'

/** An error of gRPC itself, as `HttpError` is of HTTP. Its message is shown to the caller. */
export class GrpcError extends Error {
  override readonly name = 'GrpcError'

  constructor(
    readonly code: status,
    /** For programs, in capitals: `IDEMPOTENCY_KEY_REUSED`. */
    readonly reason: string,
    message: string,
    readonly fields: DomainError['fields'] = [],
  ) {
    super(message)
  }
}

/**
 * The status of each domain error. Two share FAILED_PRECONDITION, which says that a retry is useless until something has
 * changed; RESOURCE_EXHAUSTED and ABORTED would invite clients to retry.
 */
const STATUS_OF: Record<DomainErrorCode, status> = {
  invalid: status.INVALID_ARGUMENT,
  idempotency_key_reused: status.INVALID_ARGUMENT,
  not_found: status.NOT_FOUND,
  conflict: status.FAILED_PRECONDITION,
  sold_out: status.FAILED_PRECONDITION,
  unavailable: status.UNAVAILABLE,
  timeout: status.DEADLINE_EXCEEDED,
  internal: status.INTERNAL,
}

/** The namespace of the reasons. */
const DOMAIN = 'course-app'

/** The error for the caller. An internal error becomes INTERNAL without details. */
export function toGrpcError(error: unknown): GrpcError {
  if (error instanceof GrpcError) return error
  if (error instanceof DomainError && error.code !== 'internal') {
    return new GrpcError(STATUS_OF[error.code], error.code.toUpperCase(), error.message, error.fields)
  }
  return new GrpcError(status.INTERNAL, 'INTERNAL', 'The server ran into an error.')
}

const statusMessage = messageDefinition<Status, ReceivedStatus>('google.rpc.Status')
const errorInfo = messageDefinition<ErrorInfo, ReceivedErrorInfo>('google.rpc.ErrorInfo')
const badRequest = messageDefinition<BadRequest, ReceivedBadRequest>('google.rpc.BadRequest')

/**
 * Adds the details of an error to the metadata of its status: the reason, and each field at fault.
 *
 * https://grpc.io/docs/guides/error/#richer-error-model
 */
export function addDetails(metadata: Metadata, { code, reason, message, fields }: GrpcError): void {
  const details = [anyOf('google.rpc.ErrorInfo', errorInfo.serialize({ reason, domain: DOMAIN }))]
  if (fields.length > 0) {
    const field_violations = fields.map(({ path, message }) => ({ field: fieldAt(path), description: message }))
    details.push(anyOf('google.rpc.BadRequest', badRequest.serialize({ field_violations })))
  }
  metadata.set('grpc-status-details-bin', statusMessage.serialize({ code, message, details }))
}

function anyOf(type: string, value: Buffer) {
  return { type_url: `type.googleapis.com/${type}`, value }
}

/** `/batches/0/starts_at` is `batches[0].starts_at` in gRPC. */
function fieldAt(path: string): string {
  return path
    .slice(1)
    .replaceAll(/\/(\d+)/g, '[$1]')
    .replaceAll('/', '.')
}
