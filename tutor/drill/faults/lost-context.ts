import { request as send } from 'node:http'
import type { Fault } from '../fault.ts'
import { serveBeside } from '../local-server.ts'

/** What the proxy lets through of a request's headers. */
const KNOWN_HEADERS = ['host', 'accept', 'content-type', 'content-length', 'user-agent']

/** A proxy comes between the app and its partner, and passes on only the headers that it knows. */
export const lostContext: Fault<Record<string, never>> = {
  parameters: () => ({}),

  plugin: async (app, { onBegin }) => {
    let behind = () => app.partner.url()
    const proxy = await serveBeside(app, async (incoming, outgoing) => {
      const headers = Object.fromEntries(
        KNOWN_HEADERS.flatMap((name) => (incoming.headers[name] ? [[name, incoming.headers[name]]] : [])),
      )
      const target = new URL(incoming.url ?? '/', await behind())
      const forwarded = send(target, { method: incoming.method, headers }, (response) => {
        outgoing.writeHead(response.statusCode ?? 502, response.headers)
        response.pipe(outgoing)
      })
      forwarded.on('error', () => outgoing.destroy()) // to the caller it is as if the partner had hung up
      incoming.pipe(forwarded)
    })

    onBegin(() => {
      behind = app.partner.url
      app.partner.url = async () => proxy
    })
  },
}
