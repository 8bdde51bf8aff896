import { isIP } from 'node:net'
import type { Attributes } from '@opentelemetry/api'
import {
  ATTR_CLIENT_ADDRESS,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_REQUEST_METHOD_ORIGINAL,
  ATTR_HTTP_ROUTE,
  ATTR_NETWORK_PEER_ADDRESS,
  ATTR_NETWORK_PEER_PORT,
  ATTR_NETWORK_PROTOCOL_VERSION,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_URL_PATH,
  ATTR_URL_SCHEME,
  ATTR_USER_AGENT_ORIGINAL,
  HTTP_REQUEST_METHOD_VALUE_OTHER,
} from '@opentelemetry/semantic-conventions'
import type { FastifyRequest } from 'fastify'
import type {} from '../1-logging/request-end.ts'
import { pathOf } from '../2-request-logging/path-of.ts'
import { knownMethod } from '../3-metrics/known-method.ts'
import { addressIn } from './address-in.ts'
import { ATTR_REQUEST_ID } from './own-attributes.ts'

/** `GET /orders/:id`; without a route only the method. */
export function serverSpanName(request: FastifyRequest): string {
  const known = knownMethod(request.method)
  const method = known === HTTP_REQUEST_METHOD_VALUE_OTHER ? 'HTTP' : known
  return request.is404 ? method : `${method} ${request.route}`
}

/**
 * What the conventions ask of a server's span and the request tells. `url.query` is left out on purpose:
 * a query may hold a token or a name, and traces are read by many.
 *
 * https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span
 */
export function serverAttributes(request: FastifyRequest): Attributes {
  const { method, raw, ip } = request
  const known = knownMethod(method)
  const server = addressIn(request.host)
  const peer = raw.socket.remoteAddress
  return {
    [ATTR_HTTP_REQUEST_METHOD]: known,
    [ATTR_HTTP_REQUEST_METHOD_ORIGINAL]: known === method ? undefined : method,
    [ATTR_HTTP_ROUTE]: request.is404 ? undefined : request.route,
    [ATTR_URL_PATH]: pathOf(request),
    [ATTR_URL_SCHEME]: request.protocol === 'https' ? 'https' : 'http', // a proxy may pass on anything
    [ATTR_SERVER_ADDRESS]: server?.address,
    [ATTR_SERVER_PORT]: server?.port,
    [ATTR_NETWORK_PROTOCOL_VERSION]: raw.httpVersion,
    // The connection's other end, and who is behind it. The two differ when Fastify trusts a proxy (TRUST_PROXY).
    [ATTR_NETWORK_PEER_ADDRESS]: peer,
    [ATTR_NETWORK_PEER_PORT]: raw.socket.remotePort,
    [ATTR_CLIENT_ADDRESS]: ip === peer || isIP(ip) === 0 ? peer : ip, // a proxy may pass on anything here, too
    [ATTR_USER_AGENT_ORIGINAL]: request.headers['user-agent'],
    [ATTR_REQUEST_ID]: request.id,
  }
}
