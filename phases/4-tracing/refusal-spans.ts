import { ROOT_CONTEXT, type Span, SpanKind, trace } from '@opentelemetry/api'
import {
  ATTR_CLIENT_ADDRESS,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_NETWORK_PEER_ADDRESS,
  ATTR_NETWORK_PEER_PORT,
  ATTR_URL_SCHEME,
  HTTP_REQUEST_METHOD_VALUE_OTHER,
} from '@opentelemetry/semantic-conventions'
import fastifyPlugin from 'fastify-plugin'
import { listen } from '../1-logging/listen.ts'
import { scopes } from '../2-request-logging/request-scope.ts'
import { channels } from '../announcements.ts'
import type {} from './context-manager.ts'
import { INSTRUMENTATION_VERSION } from './instrumentation.ts'
import { ATTR_REQUEST_ID } from './own-attributes.ts'
import type {} from './tracer-provider.ts'

/**
 * A span for input that Node could not turn into a request, but answered. It has no parent, because no `traceparent`
 * was read, and no path. Its name is `HTTP`, because the method is unknown.
 *
 * https://opentelemetry.io/docs/specs/semconv/http/http-spans/#name
 */
export const refusalSpans = fastifyPlugin(
  async (app) => {
    const tracer = app.tracerProvider.getTracer('http-server', INSTRUMENTATION_VERSION)
    const spans = new WeakMap<object, Span>()

    listen(app, channels.refusal.start, (refusal) => {
      const scope = scopes.getStore()
      if (scope === undefined || app.isOwnWork?.() === false) return
      const { status, peer } = refusal
      const attributes = {
        [ATTR_HTTP_REQUEST_METHOD]: HTTP_REQUEST_METHOD_VALUE_OTHER,
        [ATTR_HTTP_RESPONSE_STATUS_CODE]: status,
        [ATTR_URL_SCHEME]: 'http',
        [ATTR_NETWORK_PEER_ADDRESS]: peer.address,
        [ATTR_NETWORK_PEER_PORT]: peer.port,
        [ATTR_CLIENT_ADDRESS]: peer.address,
        [ATTR_REQUEST_ID]: scope.fields.request_id,
      }
      const span = tracer.startSpan('HTTP', { kind: SpanKind.SERVER, attributes }, ROOT_CONTEXT)
      spans.set(refusal, span)
      scope.context = trace.setSpan(ROOT_CONTEXT, span)
    })
    listen(app, channels.refusal.asyncEnd, (refusal) => spans.get(refusal)?.end())
  },
  { name: 'refusal-spans', dependencies: ['refusal-log', 'tracer-provider'] },
)
