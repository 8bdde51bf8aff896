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

/** How a call is announced. */
export type MethodName = Pick<RpcAnnouncement, 'service' | 'method' | 'originalMethod'>

type Status = Parameters<ServerInterceptingCallInterface['sendStatus']>[0]

/** By the metadata of the request: grpc-js gives its handler the same object. */
const calls = new WeakMap<Metadata, AnnouncedCall>()

/**
 * Announces calls on `channels.rpcServer` from their headers to their end, those that grpc-js refuses by itself as well,
 * and gives each status that is no success its details.
 *
 * @param nameOf returns undefined for a path whose calls are not announced
 */
export function announceCalls(nameOf: (path: string) => MethodName | undefined): ServerInterceptor {
  return ({ path }, call) => {
    const name = nameOf(path)
    if (name !== undefined) follow(call, name)
    // The call as it is: grpc-js does not tell a ServerInterceptingCall around it of the statuses that it sends itself.
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
        // A stream that is reset ends, and is closed in the same turn of the event loop.
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

/** The call that a handler serves. */
export function announcedCall(requestMetadata: Metadata): AnnouncedCall {
  const call = calls.get(requestMetadata)
  if (call === undefined) throw new Error('The server does not announce its calls.')
  return call
}

/** A call whose beginning has been announced. Its end is that of its handler, or of its refusal if that comes first. */
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

  /** Serves the call, unless it has been refused. `work` runs inside the announcement. */
  run<R>(work: () => Promise<R>): Promise<R> {
    this.#isDecided = true
    this.#decide(work)
    return this.#outcome as Promise<R>
  }

  /** The caller does not wait any more. */
  abandon(): void {
    if (!this.#isDecided) this.#refuse(whyAbandoned(this.#deadline))
  }

  /** A status as the caller is to get it. One that comes before there is a handler refuses the call. */
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
      if (thrown !== error) throw thrown // the refusal itself is the status that the caller gets
    })
  }
}

/** Why a call has ended without an answer. @param deadline milliseconds since 1970 */
export function whyAbandoned(deadline: number): GrpcError {
  return deadline <= Date.now()
    ? new GrpcError(status.DEADLINE_EXCEEDED, 'DEADLINE_EXCEEDED', 'The deadline has passed.')
    : new GrpcError(status.CANCELLED, 'CANCELLED', 'The caller has cancelled the call.')
}

/** grpc-js blames itself for compression and timeouts that it cannot read. */
function refusal(end: Status): GrpcError {
  return end.code === status.INTERNAL
    ? new GrpcError(status.INVALID_ARGUMENT, 'INVALID', `The request is not valid: ${end.details}.`)
    : failure(end)
}

function failure({ code, details }: Status): GrpcError {
  return new GrpcError(code, status[code], details)
}
