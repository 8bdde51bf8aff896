import { Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http'
import { connect } from 'node:net'
import { buffer, text } from 'node:stream/consumers'
import type { Test } from 'tap'

export interface Response {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

export interface JsonResponse<T> extends Response {
  readonly body: T
}

export interface RequestOptions {
  readonly method?: string
  readonly headers?: OutgoingHttpHeaders
  /** Sent as it is. */
  readonly body?: string | Uint8Array
  /** Sent as JSON, with its content type. */
  readonly json?: unknown
  readonly signal?: AbortSignal
}

/** A client that keeps its connections alive, as browsers and gateways do. */
export interface HttpClient {
  /** Sends a request and returns the whole response, whatever its status. */
  send(url: string, options?: RequestOptions): Promise<Response>
  /**
   * Sends a request and parses the response as JSON.
   *
   * @throws an error that shows the response, when it is not `application/json` or `application/problem+json`.
   */
  sendJson<T = Record<string, unknown>>(url: string, options?: RequestOptions): Promise<JsonResponse<T>>
  getJson<T = Record<string, unknown>>(url: string, headers?: OutgoingHttpHeaders): Promise<JsonResponse<T>>
  postJson<T = Record<string, unknown>>(
    url: string,
    json: unknown,
    headers?: OutgoingHttpHeaders,
  ): Promise<JsonResponse<T>>
}

/** Its connections are closed at the end of the test. */
export function httpClient(t: Pick<Test, 'teardown'>): HttpClient {
  const agent = new Agent({ keepAlive: true })
  t.teardown(() => agent.destroy())

  async function sendJson<T>(url: string, options: RequestOptions = {}): Promise<JsonResponse<T>> {
    const response = await send(agent, url, options)
    return { ...response, body: parseJson<T>(url, response) }
  }

  return {
    send: (url, options = {}) => send(agent, url, options),
    sendJson,
    getJson: (url, headers = {}) => sendJson(url, { headers }),
    postJson: (url, json, headers = {}) => sendJson(url, { method: 'POST', json, headers }),
  }
}

/**
 * Writes bytes to a socket, for requests that no HTTP client would send, and returns everything received until the
 * server closes the connection.
 *
 * @throws when the server has not closed it after `timeout` ms (default: 5000).
 */
export async function sendRaw(host: string, port: number, bytes: string | Uint8Array, timeout = 5000): Promise<string> {
  const socket = connect({ host, port })
  const signal = AbortSignal.timeout(timeout)
  signal.addEventListener('abort', () =>
    socket.destroy(new Error(`${host}:${port} kept the connection for ${timeout} ms`)),
  )
  socket.write(bytes)
  return (await buffer(socket)).toString('latin1')
}

function send(agent: Agent, url: string, options: RequestOptions): Promise<Response> {
  const body = options.json === undefined ? options.body : JSON.stringify(options.json)
  const headers = {
    ...(options.json === undefined ? {} : { 'content-type': 'application/json' }),
    ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
    ...options.headers,
  }
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { agent, method: options.method ?? 'GET', headers, signal: options.signal },
      (response) => {
        const { statusCode = 0, headers: received } = response
        text(response).then((text) => resolve({ status: statusCode, headers: received, text }), reject)
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

function parseJson<T>(url: string, { status, headers, text }: Response): T {
  const contentType = headers['content-type'] ?? 'no content type'
  if (!/^application\/(problem\+)?json(;|$)/.test(contentType))
    throw new Error(`${url} answered ${status} with ${contentType}, not JSON:\n${text}`)
  return JSON.parse(text) as T
}
