import {
  type Channel,
  type InterceptingListener,
  type Metadata,
  type ServiceError,
  type StatusObject,
  status,
} from '@grpc/grpc-js'

/** The part of a generated method that a client needs. */
export interface Method<Request, Response> {
  /** `/course.v1.CatalogService/GetCourse` */
  readonly path: string
  readonly requestSerialize: (request: Request) => Buffer
  readonly responseDeserialize: (bytes: Buffer) => Response
}

/** Callbacks in this order: for the headers, if any, for the peer, and then for the response or the failure. */
export interface Caller<Response> {
  onHeaders(headers: Metadata): void
  /** @param peer grpc-js's name for the server; any text if there was no connection */
  onPeer(peer: string): void
  onResponse(response: Response): void
  onFailure(error: ServiceError): void
}

/**
 * Sends one request for one response: `Client.makeUnaryRequest` of grpc-js without its overhead for every call, namely
 * interceptors, an event emitter and the caller's stack trace.
 *
 * @param deadline milliseconds since 1970
 * @throws when the channel is closed
 */
export function callUnary<Request, Response>(
  channel: Channel,
  method: Method<Request, Response>,
  request: Request,
  metadata: Metadata,
  deadline: number,
  caller: Caller<Response>,
): void {
  const call = channel.createCall(method.path, deadline, null, null, null)
  call.start(metadata, new Listener(call, method, caller))
  call.startRead()
  try {
    call.sendMessageWithContext({}, method.requestSerialize(request))
    call.halfClose()
  } catch (error) {
    call.cancelWithStatus(status.INTERNAL, `The request cannot be sent: ${(error as Error).message}`)
  }
}

type Call = ReturnType<Channel['createCall']>

class Listener<Response> implements InterceptingListener {
  readonly #call: Call
  readonly #method: Method<never, Response>
  readonly #caller: Caller<Response>
  #bytes: Buffer | undefined

  constructor(call: Call, method: Method<never, Response>, caller: Caller<Response>) {
    this.#call = call
    this.#method = method
    this.#caller = caller
  }

  onReceiveMetadata(headers: Metadata): void {
    this.#caller.onHeaders(headers)
  }

  onReceiveMessage(bytes: Buffer): void {
    this.#bytes = bytes
  }

  onReceiveStatus(end: StatusObject): void {
    this.#caller.onPeer(this.#call.getPeer())
    if (end.code !== status.OK) {
      this.#caller.onFailure(new CallFailed(end))
      return
    }
    let response: Response
    try {
      if (this.#bytes === undefined) throw new Error('there is none')
      response = this.#method.responseDeserialize(this.#bytes)
    } catch (error) {
      const details = `The response cannot be read: ${(error as Error).message}`
      this.#caller.onFailure(new CallFailed({ ...end, code: status.INTERNAL, details }))
      return
    }
    this.#caller.onResponse(response)
  }
}

class CallFailed extends Error implements ServiceError {
  override readonly name = 'CallFailed'
  readonly code: status
  readonly details: string
  readonly metadata: Metadata

  constructor({ code, details, metadata }: StatusObject) {
    super(`${code} ${status[code]}: ${details}`)
    this.code = code
    this.details = details
    this.metadata = metadata
  }
}
