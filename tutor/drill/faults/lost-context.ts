import { request as send } from 'node:http'
import { startDependency } from '../dependency.ts'
import type { Fault } from '../fault.ts'

/** Headers that the proxy forwards. */
const KNOWN_HEADERS = ['host', 'accept', 'content-type', 'content-length', 'user-agent']

/** A new proxy between the app and its partner forwards only the headers that it knows. */
export const lostContext: Fault<Record<string, never>> = {
  parameters: () => ({}),

  plugin: async (app, { onBegin }) => {
    let upstream = () => app.partner.url()
    const proxy = await startDependency(app, async (incoming, outgoing) => {
      const headers = Object.fromEntries(
        KNOWN_HEADERS.flatMap((name) => (incoming.headers[name] ? [[name, incoming.headers[name]]] : [])),
      )
      const target = new URL(incoming.url ?? '/', await upstream())
      const forwarded = send(target, { method: incoming.method, headers }, (response) => {
        outgoing.writeHead(response.statusCode ?? 502, response.headers)
        response.pipe(outgoing)
      })
      forwarded.on('error', () => outgoing.destroy()) // the caller sees a closed connection, as without a proxy
      incoming.pipe(forwarded)
    })

    onBegin(() => {
      upstream = app.partner.url
      app.partner.url = async () => proxy
    })
  },
}
