import { Channel, credentials, Metadata, status } from '@grpc/grpc-js'
import { announce, channels, type RpcAnnouncement, type RpcMetadata } from '../../../phases/announcements.ts'
import { targetOf } from './address-list.ts'
import { MetadataCarrier } from './metadata.ts'
import { peerIn } from './peer.ts'
import { fromServiceError } from './received-error.ts'
import { callUnary, type Method } from './unary-call.ts'

export interface CallOptions {
  /** Timeout in milliseconds for all attempts together. */
  readonly deadlineMs: number
  /** Whether the call is safe to retry: it changes nothing, or has an idempotency key. */
  readonly isRepeatable: boolean
  readonly metadata?: Readonly<Record<string, string>>
  /** Called with the response's metadata before the call succeeds or fails. */
  readonly onAnswer?: (metadata: RpcMetadata) => void
}

const BALANCING = {
  // Servers take turns; an unavailable server is skipped until it is back.
  loadBalancingConfig: [{ round_robin: {} }],
}

/**
 * The pauses add up to less than half a second, so that callers get an error soon. While most calls fail there are no
 * retries, because a server that comes back would meet four times its load.
 *
 * https://grpc.io/docs/guides/retry/
 */
const RETRIES = {
  methodConfig: [
    {
      name: [{}],
      retryPolicy: {
        maxAttempts: 4,
        initialBackoff: '0.05s',
        maxBackoff: '0.2s',
        backoffMultiplier: 2,
        retryableStatusCodes: ['UNAVAILABLE'],
      },
    },
  ],
  retryThrottling: { maxTokens: 100, tokenRatio: 0.1 },
}

const LIMITS = {
  // Detects a server that has vanished, and uses a restarted server within a second.
  'grpc.keepalive_time_ms': 20_000,
  'grpc.keepalive_timeout_ms': 5000,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1000,
  /** A page of 100 courses with 100 batches each is 3 MB. */
  'grpc.max_receive_message_length': 16 * 1024 * 1024,
  // The servers are internal: a proxy for the internet cannot reach them.
  'grpc.enable_http_proxy': 0,
  // channelz statistics, unused here.
  'grpc.enable_channelz': 0,
}

/**
 * Calls services on one server or several in turn. Every call has a deadline and is announced on `channels.rpcClient`;
 * it fails with a `DomainError`, or with a `GrpcError` for a reason outside the domain. Connects on first use, and
 * reconnects by itself.
 */
export class GrpcClient {
  /** gRPC configures retries per channel, so there is a channel with retries and one without. */
  readonly #retrying: Channel
  readonly #once: Channel
  readonly #addresses: string

  /** @param addresses `host:port`, several with commas between */
  constructor(addresses: string) {
    this.#addresses = addresses
    const target = targetOf(addresses)
    const insecure = credentials.createInsecure()
    this.#retrying = new Channel(target, insecure, {
      ...LIMITS,
      'grpc.service_config': JSON.stringify({ ...BALANCING, ...RETRIES }),
    })
    this.#once = new Channel(target, insecure, {
      ...LIMITS,
      'grpc.service_config': JSON.stringify(BALANCING),
      'grpc.enable_retries': 0,
    })
  }

  call<Request, Response>(
    method: Method<Request, Response>,
    request: Request,
    options: CallOptions,
  ): Promise<Response> {
    const sent = metadataOf(options.metadata)
    const received = new Metadata()
    const announcement = announcementOf(method.path, this.#addresses, sent, received)
    // Sent inside, so that it includes what listeners add to the metadata.
    return announce(channels.rpcClient, announcement, () =>
      this.#send(method, request, options, sent, received, announcement),
    )
  }

  /** Like `call`, but unannounced. For calls about the server, such as health checks. */
  callUnannounced<Request, Response>(
    method: Method<Request, Response>,
    request: Request,
    options: CallOptions,
  ): Promise<Response> {
    const sent = metadataOf(options.metadata)
    const received = new Metadata()
    const announcement = announcementOf(method.path, this.#addresses, sent, received)
    return this.#send(method, request, options, sent, received, announcement)
  }

  close(): void {
    this.#retrying.close()
    this.#once.close()
  }

  #send<Request, Response>(
    method: Method<Request, Response>,
    request: Request,
    { deadlineMs, isRepeatable, onAnswer }: CallOptions,
    sent: Metadata,
    received: Metadata,
    announcement: RpcAnnouncement,
  ): Promise<Response> {
    const channel = isRepeatable ? this.#retrying : this.#once
    return new Promise((resolve, reject) => {
      callUnary(channel, method, request, sent, Date.now() + deadlineMs, {
        onHeaders: (headers) => received.merge(headers),
        onPeer: (peer) => {
          announcement.peer = peerIn(peer)
        },
        onResponse: (response) => {
          announcement.statusCode = status.OK
          onAnswer?.(announcement.responseMetadata)
          resolve(response)
        },
        onFailure: (error) => {
          received.merge(error.metadata)
          announcement.statusCode = error.code
          onAnswer?.(announcement.responseMetadata)
          reject(fromServiceError(error))
        },
      })
    })
  }
}

function metadataOf(values: Readonly<Record<string, string>> = {}): Metadata {
  const metadata = new Metadata()
  for (const [key, value] of Object.entries(values)) metadata.set(key, value)
  return metadata
}

function announcementOf(path: string, authority: string, sent: Metadata, received: Metadata): RpcAnnouncement {
  const [, service = '', method = ''] = path.split('/')
  return {
    service,
    method,
    authority,
    peer: undefined,
    requestMetadata: new MetadataCarrier(sent),
    responseMetadata: new MetadataCarrier(received),
    statusCode: undefined,
  }
}
