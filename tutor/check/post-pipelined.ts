import { once } from 'node:events'
import { connect } from 'node:net'

/**
 * Sends a POST without a body to each path, all in one write on one connection, and waits for the answers. With
 * separate connections, the server might answer the first request before it reads the second.
 *
 * https://www.rfc-editor.org/rfc/rfc9112#name-pipelining
 */
export async function postPipelined(url: string, paths: readonly string[], headers: Record<string, string>) {
  const { hostname, port, host } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port || 80) })
  socket.setTimeout(20_000, () => socket.destroy(new Error(`no answer from ${host} within 20 s`)))
  const fields = Object.entries({ host, 'content-length': '0', ...headers }).map(([name, value]) => `${name}: ${value}`)
  const requests = paths.map((path, index) => {
    const isLast = index === paths.length - 1
    return [`POST ${path} HTTP/1.1`, ...fields, `connection: ${isLast ? 'close' : 'keep-alive'}`, '', ''].join('\r\n')
  })
  socket.write(requests.join(''))
  socket.resume()
  await once(socket, 'close')
}
