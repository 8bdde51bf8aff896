/** A name, an IPv4 address or an IPv6 address in brackets, with an optional port. */
const HOST = /^(?:\[([0-9a-f:.]{2,45})\]|([\w.~!$&'()*+;=%-]{1,255}))(?::(\d{1,5}))?$/i

/** A server's address, as in the attributes `server.address` and `server.port`. */
export interface Address {
  readonly address: string
  readonly port?: number | undefined
}

/**
 * Parses a `Host` header or gRPC's `:authority`. A client may write anything there: undefined if it is no host.
 *
 * https://www.rfc-editor.org/rfc/rfc3986#section-3.2.2
 */
export function addressIn(host: string): Address | undefined {
  if (host !== last.host) last = { host, address: parse(host) }
  return last.address
}

/** Caches one result, because nearly all requests name the same host. */
let last: { readonly host: string; readonly address: Address | undefined } = { host: '', address: undefined }

function parse(host: string): Address | undefined {
  const [whole, ipv6, name, port] = HOST.exec(host) ?? []
  if (whole === undefined || Number(port) > 65_535) return undefined
  return { address: (ipv6 ?? name) as string, port: port === undefined ? undefined : Number(port) }
}
