import {
  type Attributes,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TextMapGetter,
  type TextMapSetter,
  trace,
} from '@opentelemetry/api'
import {
  ATTR_ERROR_TYPE,
  ATTR_NETWORK_PEER_ADDRESS,
  ATTR_NETWORK_PEER_PORT,
  ATTR_RPC_METHOD,
  ATTR_RPC_METHOD_ORIGINAL,
  ATTR_RPC_STATUS_CODE,
  ATTR_RPC_SYSTEM_NAME,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  RPC_SYSTEM_NAME_VALUE_GRPC,
} from '@opentelemetry/semantic-conventions'
import fastifyPlugin from 'fastify-plugin'
import { listen } from '../1-logging/listen.ts'
import { grpcStatus, isServerFault } from '../2-request-logging/grpc-status.ts'
import { scopes } from '../2-request-logging/request-scope.ts'
import { channels, type RpcAnnouncement, type RpcMetadata } from '../announcements.ts'
import { type Address, addressIn } from './address-in.ts'
import { INSTRUMENTATION_VERSION } from './instrumentation.ts'
import { ATTR_REQUEST_ID } from './own-attributes.ts'
import { recordError } from './record-error.ts'
import { spanFor } from './span-for.ts'
import type {} from './tracer-provider.ts'

/** Read context from a call's metadata, gRPC's headers, and write it there. */
const getter: TextMapGetter<RpcMetadata> = { get: (metadata, key) => metadata.get(key), keys: () => [] }
const setter: TextMapSetter<RpcMetadata> = { set: (metadata, key, value) => metadata.set(key, value) }

/**
 * A span for each gRPC call, on both sides. The client's span travels in the call's metadata as `traceparent`; the
 * server's span is its child.
 *
 * https://opentelemetry.io/docs/specs/semconv/rpc/grpc/
 */
export const rpcSpans = fastifyPlugin(
  async (app) => {
    const tracer = app.tracerProvider.getTracer('grpc', INSTRUMENTATION_VERSION)
    const spans = new WeakMap<object, Span>()

    listen(app, channels.rpcServer.start, (call) => {
      const scope = scopes.getStore()
      if (scope === undefined) return
      const caller = propagation.extract(ROOT_CONTEXT, call.requestMetadata, getter)
      const attributes = {
        ...attributesOf(call, addressIn(call.authority)),
        ...peerOf(call),
        [ATTR_REQUEST_ID]: scope.fields.request_id,
      }
      const span = tracer.startSpan(serverSpanName(call), { kind: SpanKind.SERVER, attributes }, caller)
      spans.set(call, span)
      scope.context = trace.setSpan(caller, span)
    })
    listen(app, channels.rpcServer.asyncEnd, (call) => {
      const span = spans.get(call)
      if (span === undefined) return
      const status = grpcStatus(call)
      span.setAttribute(ATTR_RPC_STATUS_CODE, status)
      // As with a 4xx, the caller's mistake marks the caller's span, not this one.
      if (isServerFault(status)) {
        span.setAttribute(ATTR_ERROR_TYPE, status)
        // The conventions also count deadlines and unknown methods, for which no code of this server threw.
        if (call.error && !call.causedByCaller) recordError(span, call.error)
        span.setStatus({ code: SpanStatusCode.ERROR })
      }
      span.end()
    })

    spanFor(
      app,
      channels.rpcClient,
      (call) => ({ name: nameOf(call), kind: SpanKind.CLIENT, attributes: attributesOf(call, serverOf(call)) }),
      (span, call) => {
        const status = grpcStatus(call)
        span.setAttributes({ ...peerOf(call), [ATTR_RPC_STATUS_CODE]: status })
        if (call.error) span.setAttribute(ATTR_ERROR_TYPE, status)
      },
    )
    // Runs in the scope that `spanFor` has bound, so the client's span is current.
    listen(app, channels.rpcClient.start, ({ requestMetadata }) =>
      propagation.inject(context.active(), requestMetadata, setter),
    )
  },
  { name: 'rpc-spans', dependencies: ['rpc-log', 'tracer-provider'] },
)

/** As with HTTP, an unknown method must not become a span name. */
function serverSpanName(call: RpcAnnouncement): string {
  return call.originalMethod === undefined ? nameOf(call) : RPC_SYSTEM_NAME_VALUE_GRPC
}

function nameOf({ service, method, originalMethod }: RpcAnnouncement): string {
  return originalMethod === undefined ? `${service}/${method}` : method
}

/** A client with several servers records all of them, because it has not chosen one yet. */
function serverOf({ authority }: RpcAnnouncement): Address {
  return addressIn(authority) ?? { address: authority }
}

function attributesOf(call: RpcAnnouncement, server: Address | undefined): Attributes {
  return {
    [ATTR_RPC_SYSTEM_NAME]: RPC_SYSTEM_NAME_VALUE_GRPC,
    [ATTR_RPC_METHOD]: nameOf(call),
    [ATTR_RPC_METHOD_ORIGINAL]: call.originalMethod,
    [ATTR_SERVER_ADDRESS]: server?.address,
    [ATTR_SERVER_PORT]: server?.port,
  }
}

function peerOf({ peer }: RpcAnnouncement): Attributes {
  return { [ATTR_NETWORK_PEER_ADDRESS]: peer?.address, [ATTR_NETWORK_PEER_PORT]: peer?.port }
}
