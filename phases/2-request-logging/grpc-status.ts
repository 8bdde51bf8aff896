import type { RpcAnnouncement } from '../announcements.ts'

/**
 * The name of a call's status: `NOT_FOUND`; `UNKNOWN` if there is none.
 *
 * https://grpc.io/docs/guides/status-codes/
 */
export function grpcStatus({ statusCode }: RpcAnnouncement): string {
  return STATUSES[statusCode ?? UNKNOWN] ?? 'UNKNOWN'
}

/** Whether the status means that the server failed, rather than the caller. */
export function isServerFault(status: string): boolean {
  return SERVER_FAULTS.has(status)
}

/** Names of statuses; the index is the status code. */
const STATUSES = [
  ...['OK', 'CANCELLED', 'UNKNOWN', 'INVALID_ARGUMENT', 'DEADLINE_EXCEEDED', 'NOT_FOUND', 'ALREADY_EXISTS'],
  ...['PERMISSION_DENIED', 'RESOURCE_EXHAUSTED', 'FAILED_PRECONDITION', 'ABORTED', 'OUT_OF_RANGE', 'UNIMPLEMENTED'],
  ...['INTERNAL', 'UNAVAILABLE', 'DATA_LOSS', 'UNAUTHENTICATED'],
]
const UNKNOWN = 2
const SERVER_FAULTS = new Set(['UNKNOWN', 'DEADLINE_EXCEEDED', 'UNIMPLEMENTED', 'INTERNAL', 'UNAVAILABLE', 'DATA_LOSS'])
