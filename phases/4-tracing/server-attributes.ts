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

/** The name of a server span: `GET /orders/:id`, or only the method without a route. */
export function serverSpanName(request: FastifyRequest): string {
  const known = knownMethod(request.method)
  const method = known === HTTP_REQUEST_METHOD_VALUE_OTHER ? 'HTTP' : known
  return request.is404 ? method : `${method} ${request.route}`
}

/**
 * The attributes of a server span that the conventions define and the request supplies. `url.query` is left out on
 * purpose: a query may hold a token or a name, and many people read traces.
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
    [ATTR_URL_SCHEME]: request.protocol === 'https' ? 'https' : 'http', // a proxy may send anything
    [ATTR_SERVER_ADDRESS]: server?.address,
    [ATTR_SERVER_PORT]: server?.port,
    [ATTR_NETWORK_PROTOCOL_VERSION]: raw.httpVersion,
    // The other end of the connection, and the client behind it. They differ if Fastify trusts a proxy (`trustProxy`).
    [ATTR_NETWORK_PEER_ADDRESS]: peer,
    [ATTR_NETWORK_PEER_PORT]: raw.socket.remotePort,
    [ATTR_CLIENT_ADDRESS]: ip === peer || isIP(ip) === 0 ? peer : ip, // a proxy may send anything here too
    [ATTR_USER_AGENT_ORIGINAL]: request.headers['user-agent'],
    [ATTR_REQUEST_ID]: request.id,
  }
}
