import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { LokiApi } from './loki-api.ts'
import type { ApiResponse, PrometheusApi } from './prometheus-api.ts'

const LARGEST_BODY = 1_000_000
/** Makes a URL of a request's path. */
const BASE = 'http://localhost'

/** A server that listens. */
export interface Server {
  /** `http://127.0.0.1:9091` */
  readonly url: string
  close(): void
}

/** What is served: Prometheus' API below `/api/v1/`, and Loki's below `/loki/api/v1/`. */
export interface Apis {
  readonly prometheus?: PrometheusApi | undefined
  readonly loki?: LokiApi | undefined
}

/**
 * Serves APIs, by GET and by a form in a POST.
 *
 * @param port 0 for a free one
 * @throws when the port is in use
 */
export async function serve(apis: Apis, port: number, host: string): Promise<Server> {
  const server = createServer((request, response) => {
    respond(apis, request, response).catch((error: Error) => {
      process.stderr.write(`${request.method} ${request.url} failed: ${error.stack}\n`)
      send(response, errorResponse(500, 'internal', 'internal error'))
    })
  })
  server.listen(port, host)
  await once(server, 'listening')
  const { address, port: used, family } = server.address() as AddressInfo
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${used}`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function respond(apis: Apis, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { url: target = '/' } = request
  if (!URL.canParse(target, BASE)) {
    send(response, errorResponse(400, 'bad_data', `${target} is no URL`))
    return
  }
  const url = new URL(target, BASE)
  if (url.pathname === '/-/ready' || url.pathname === '/-/healthy') {
    response.end('Ready.\n')
    return
  }
  const [, isLoki, path = ''] = /^(\/loki)?\/api\/v1\/(.+)$/.exec(url.pathname) ?? []
  const api = isLoki === undefined ? apis.prometheus : apis.loki
  if (request.method !== 'GET' && request.method !== 'POST') {
    response.setHeader('Allow', 'GET, POST')
    send(response, errorResponse(405, 'bad_data', `${request.method} is not allowed. Use GET or POST.`))
    return
  }
  const body = await readBody(request)
  if (body === undefined) {
    response.setHeader('Connection', 'close')
    send(response, errorResponse(413, 'bad_data', `the body is larger than ${LARGEST_BODY} bytes`))
    return
  }
  const parameters = new URLSearchParams([...new URLSearchParams(body), ...url.searchParams])
  const answer = api?.answer(path, parameters)
  send(response, answer ?? errorResponse(404, 'not_found', `there is nothing at ${url.pathname}`))
}

function send(response: ServerResponse, { status, body }: ApiResponse): void {
  const isText = typeof body === 'string'
  response.writeHead(status, { 'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json' })
  response.end(isText ? body : JSON.stringify(body))
}

/** @returns undefined when it is too large */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += (chunk as Buffer).length
    if (size > LARGEST_BODY) return undefined
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString()
}

function errorResponse(status: number, errorType: string, error: string): ApiResponse {
  return { status, body: { status: 'error', errorType, error } }
}
