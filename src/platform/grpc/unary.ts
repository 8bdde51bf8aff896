import { type handleUnaryCall, type ServerUnaryCall, status } from '@grpc/grpc-js'
import type { RpcAnnouncement, RpcMetadata } from '../../../phases/announcements.ts'
import { onBehalfOf } from '../cancellation.ts'
import { DomainError } from '../domain-error.ts'
import { announcedCall, whyAbandoned } from './announced-call.ts'
import { addDetails, toGrpcError } from './grpc-error.ts'

/** What a handler gets of a call in addition to its request. */
export interface Call {
  readonly requestMetadata: RpcMetadata
  readonly responseMetadata: RpcMetadata
}

/** Replaces a request that cannot be decoded. */
export class Malformed {
  /** @param reason what is wrong with it: `index out of range` */
  constructor(readonly reason: string) {}
}

type AnyCall = ServerUnaryCall<unknown, unknown>

type Handle<Request, Response> = (request: Request, call: Call) => Promise<Response>
type Work<Request, Response> = (
  call: ServerUnaryCall<Request, Response>,
  announcement: RpcAnnouncement,
) => Promise<Response>

/**
 * A method with one request and one response, which runs inside the announcement of its call. An error of `handle`
 * becomes a status. Once the call has ended, by its deadline or a cancellation, `handle` sends no further statements.
 */
export function unary<Request, Response>(handle: Handle<Request, Response>): handleUnaryCall<Request, Response> {
  return announced((call, announcement) =>
    onBehalfOf(
      () => isOver(call),
      () => handle(call.request, announcement),
    ),
  )
}

/** Like `unary`, for work that other callers may join: it continues after its own call has ended. */
export function sharedUnary<Request, Response>(handle: Handle<Request, Response>): handleUnaryCall<Request, Response> {
  return announced((call, announcement) => handle(call.request, announcement))
}

function announced<Request, Response>(work: Work<Request, Response>): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    const announced = announcedCall(call.metadata)
    const { announcement, responseMetadata } = announced
    announced
      .run(() => outcome(call, announcement, work))
      .then(
        (message) => {
          call.sendMetadata(responseMetadata)
          callback(null, message)
        },
        (error: unknown) => {
          const failure = toGrpcError(error)
          addDetails(responseMetadata, failure)
          callback({ code: failure.code, details: failure.message, metadata: responseMetadata })
        },
      )
  }
}

async function outcome<Request, Response>(
  call: ServerUnaryCall<Request, Response>,
  announcement: RpcAnnouncement,
  work: Work<Request, Response>,
): Promise<Response> {
  try {
    if (isOver(call)) throw whyAbandoned(deadlineOf(call))
    if (call.request instanceof Malformed) throw new DomainError('invalid', wrong(call.request))
    const response = await work(call, announcement)
    if (isOver(call)) throw whyAbandoned(deadlineOf(call))
    announcement.statusCode = status.OK
    return response
  } catch (error) {
    announcement.causedByCaller = isOver(call)
    const cause = announcement.causedByCaller ? whyAbandoned(deadlineOf(call)) : error
    announcement.statusCode = toGrpcError(cause).code
    throw cause
  }
}

function wrong({ reason }: Malformed): string {
  return `The request is not a message of its type: ${reason}.`
}

/** Compares the clock too, because a busy event loop notices the deadline late. */
function isOver(call: AnyCall): boolean {
  return call.cancelled || deadlineOf(call) <= Date.now()
}

function deadlineOf(call: AnyCall): number {
  return Number(call.getDeadline())
}
