import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import type { Test } from 'tap'
import { spansIn, type Tls } from './otlp-receiver.ts'
import { Inbox, receiverOf, type SpanReceiver } from './span-receiver.ts'

export interface OtlpHttpReceiver extends SpanReceiver<number> {
  /** The headers of each request so far. */
  readonly headers: readonly IncomingHttpHeaders[]
}

/**
 * Starts a stand-in for a collector's OTLP/HTTP port: `POST /v1/traces` with protobuf or JSON, gzipped or not. Answers are
 * HTTP statuses. A request that violates OTLP fails the test at its end.
 *
 * @param options `port`, by default any free port; `path` for posting spans
 */
export async function startOtlpHttpReceiver(
  t: Pick<Test, 'teardown'>,
  options: { readonly tls?: Tls; readonly port?: number; readonly path?: string } = {},
): Promise<OtlpHttpReceiver> {
  const { tls, port: wantedPort = 0, path = '/v1/traces' } = options
  const inbox = new Inbox<number>(200)
  const headers: IncomingHttpHeaders[] = []

  const take: RequestListener = async (request, response) => {
    inbox.requests++
    headers.push(request.headers)
    const body = await buffer(request)
    if (inbox.answer === 'hang') return
    try {
      if (`${request.method} ${request.url}` !== `POST ${path}`) throw new Error(`${request.method} ${request.url}`)
      const spans = spansIn(
        request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body,
        request.headers['content-type'],
      )
      if (inbox.answer === 200) inbox.received.add(spans)
      response.writeHead(inbox.answer, { 'content-type': request.headers['content-type'] ?? '' }).end()
    } catch (problem) {
      inbox.problems.push(problem)
      response.writeHead(400).end()
    }
  }

  const server = tls
    ? createTlsServer(
        { key: tls.key, cert: tls.cert, ...(tls.clientCa ? { ca: tls.clientCa, requestCert: true } : {}) },
        take,
      )
    : createServer(take)
  server.listen(wantedPort, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  async function stop(): Promise<void> {
    server.closeAllConnections()
    if (!server.listening) return
    server.close()
    await once(server, 'close')
  }
  const endpoint = `${tls ? 'https' : 'http'}://127.0.0.1:${port}`
  const receiver = receiverOf(t, inbox, { payload: 'OTLP requests', endpoint, port, stop })
  return Object.assign(receiver, { headers })
}
