/** A name, an IPv4 address, or an IPv6 address in brackets; then perhaps a port. */
const HOST = /^(?:\[([0-9a-f:.]{2,45})\]|([\w.~!$&'()*+;=%-]{1,255}))(?::(\d{1,5}))?$/i

/** Where a server is. Fits `server.address` and `server.port`. */
export interface Address {
  readonly address: string
  readonly port?: number | undefined
}

/**
 * What a `Host` header or gRPC's `:authority` says, and nothing if that is no host at all: a client may write
 * anything there.
 *
 * https://www.rfc-editor.org/rfc/rfc3986#section-3.2.2
 */
export function addressIn(host: string): Address | undefined {
  if (host !== last.host) last = { host, address: parse(host) }
  return last.address
}

/** Nearly every request names the same host as the one before. */
let last: { readonly host: string; readonly address: Address | undefined } = { host: '', address: undefined }

function parse(host: string): Address | undefined {
  const [whole, ipv6, name, port] = HOST.exec(host) ?? []
  if (whole === undefined || Number(port) > 65_535) return undefined
  return { address: (ipv6 ?? name) as string, port: port === undefined ? undefined : Number(port) }
}
