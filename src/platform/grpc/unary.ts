import { type handleUnaryCall, type ServerUnaryCall, status } from '@grpc/grpc-js'
import type { RpcAnnouncement, RpcMetadata } from '../../../phases/announcements.ts'
import { onBehalfOf } from '../cancellation.ts'
import { DomainError } from '../domain-error.ts'
import { announcedCall, whyAbandoned } from './announced-call.ts'
import { addDetails, toGrpcError } from './grpc-error.ts'

/** What a handler may want to know about a call beside its request. */
export interface Call {
  readonly requestMetadata: RpcMetadata
  readonly responseMetadata: RpcMetadata
}

/** Takes the place of a request that is no message of its type. */
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
 * A method that takes one request and gives one response. It runs inside the announcement of its call. What `handle`
 * throws becomes a status, and its statements end with the call: at its deadline or when it is cancelled.
 */
export function unary<Request, Response>(handle: Handle<Request, Response>): handleUnaryCall<Request, Response> {
  return announced((call, announcement) =>
    onBehalfOf(
      () => isOver(call),
      () => handle(call.request, announcement),
    ),
  )
}

/** Like `unary`, for work that other callers may join: it goes on when the call for which it began has ended. */
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

/** The deadline counts from when it has passed, even if the event loop was too busy to notice. */
function isOver(call: AnyCall): boolean {
  return call.cancelled || deadlineOf(call) <= Date.now()
}

function deadlineOf(call: AnyCall): number {
  return Number(call.getDeadline())
}
