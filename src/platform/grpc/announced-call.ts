import {
  Metadata,
  type ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
  status,
} from '@grpc/grpc-js'
import { announce, channels, type RpcAnnouncement } from '../../../phases/announcements.ts'
import { addDetails, GrpcError } from './grpc-error.ts'
import { MetadataCarrier } from './metadata.ts'
import { peerIn } from './peer.ts'

/** The names of a call's method in its announcement. */
export type MethodName = Pick<RpcAnnouncement, 'service' | 'method' | 'originalMethod'>

type Status = Parameters<ServerInterceptingCallInterface['sendStatus']>[0]

/** By the request's metadata: grpc-js passes the same object to the handler. */
const calls = new WeakMap<Metadata, AnnouncedCall>()

/**
 * Announces calls on `channels.rpcServer` from their headers to their end, including calls that grpc-js refuses itself,
 * and adds details to each error status.
 *
 * @param nameOf returns undefined for a path whose calls are not announced
 */
export function announceCalls(nameOf: (path: string) => MethodName | undefined): ServerInterceptor {
  return ({ path }, call) => {
    const name = nameOf(path)
    if (name !== undefined) follow(call, name)
    // Not wrapped in a ServerInterceptingCall, which would miss the statuses that grpc-js sends itself.
    return call as ServerInterceptingCall
  }
}

function follow(call: ServerInterceptingCallInterface, name: MethodName): void {
  const start = call.start.bind(call)
  const sendStatus = call.sendStatus.bind(call)
  let announced: AnnouncedCall | undefined
  let hasMessage = false
  let isCancelled = false

  call.start = (listener) =>
    start({
      onReceiveMetadata: (metadata) => {
        announced = new AnnouncedCall(call, metadata, name)
        calls.set(metadata, announced)
        if (name.originalMethod === undefined) listener.onReceiveMetadata(metadata)
        else call.sendStatus({ code: status.UNIMPLEMENTED, details: `There is no method ${name.originalMethod}.` })
      },
      onReceiveMessage: (message) => {
        hasMessage = true
        listener.onReceiveMessage(message)
      },
      onReceiveHalfClose: () => {
        if (hasMessage) return listener.onReceiveHalfClose()
        // A stream that is reset ends first, and is closed in the same turn of the event loop.
        setImmediate(() => {
          if (!isCancelled) listener.onReceiveHalfClose()
        })
      },
      onCancel: () => {
        isCancelled = true
        announced?.abandon()
        listener.onCancel()
      },
    })
  call.sendStatus = (end) => sendStatus(announced?.detailed(end) ?? end)
}

/** The announced call of a handler. */
export function announcedCall(requestMetadata: Metadata): AnnouncedCall {
  const call = calls.get(requestMetadata)
  if (call === undefined) throw new Error('The server does not announce its calls.')
  return call
}

/** A call whose start has been announced. It ends with its handler, or before that with its refusal. */
export class AnnouncedCall {
  readonly announcement: RpcAnnouncement
  readonly responseMetadata = new Metadata()
  readonly #deadline: number
  readonly #outcome: Promise<unknown>
  #decide: (work: () => Promise<unknown>) => void = () => {}
  #isDecided = false

  constructor(call: ServerInterceptingCallInterface, requestMetadata: Metadata, name: MethodName) {
    this.#deadline = Number(call.getDeadline())
    this.announcement = {
      ...name,
      authority: call.getHost(),
      peer: peerIn(call.getPeer()),
      requestMetadata: new MetadataCarrier(requestMetadata),
      responseMetadata: new MetadataCarrier(this.responseMetadata),
      statusCode: undefined,
    }
    const decision = new Promise<() => Promise<unknown>>((resolve) => {
      this.#decide = resolve
    })
    this.#outcome = announce(channels.rpcServer, this.announcement, async () => (await decision)())
  }

  /** Serves the call inside its announcement, unless it has been refused. */
  run<R>(work: () => Promise<R>): Promise<R> {
    this.#isDecided = true
    this.#decide(work)
    return this.#outcome as Promise<R>
  }

  /** The caller has cancelled, or its deadline has passed. */
  abandon(): void {
    if (!this.#isDecided) this.#refuse(whyAbandoned(this.#deadline))
  }

  /** The status with details for the caller. A status before the handler starts refuses the call. */
  detailed(end: Status): Status {
    if (end.code === status.OK || end.metadata === this.responseMetadata) return end
    const error = this.#isDecided ? failure(end) : refusal(end)
    if (!this.#isDecided) this.#refuse(error)
    addDetails(this.responseMetadata, error)
    return { code: error.code, details: error.message, metadata: this.responseMetadata }
  }

  #refuse(error: GrpcError): void {
    const refused = this.run(async () => {
      this.announcement.causedByCaller = true
      this.announcement.statusCode = error.code
      throw error
    })
    refused.catch((thrown: unknown) => {
      if (thrown !== error) throw thrown // the caller gets the refusal as its status
    })
  }
}

/** The error of a call that ended without an answer. @param deadline milliseconds since 1970 */
export function whyAbandoned(deadline: number): GrpcError {
  return deadline <= Date.now()
    ? new GrpcError(status.DEADLINE_EXCEEDED, 'DEADLINE_EXCEEDED', 'The deadline has passed.')
    : new GrpcError(status.CANCELLED, 'CANCELLED', 'The caller has cancelled the call.')
}

/** grpc-js reports INTERNAL for compression and timeouts that it cannot parse. */
function refusal(end: Status): GrpcError {
  return end.code === status.INTERNAL
    ? new GrpcError(status.INVALID_ARGUMENT, 'INVALID', `The request is not valid: ${end.details}.`)
    : failure(end)
}

function failure({ code, details }: Status): GrpcError {
  return new GrpcError(code, status[code], details)
}
