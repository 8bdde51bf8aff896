import { isIP } from 'node:net'
import type { Endpoint } from '../../../phases/announcements.ts'

/** Parses grpc-js's name for the peer, `127.0.0.1:4000` or `::1:4000`; undefined without a connection. */
export function peerIn(text: string): Endpoint | undefined {
  const colon = text.lastIndexOf(':')
  const address = text.slice(0, colon)
  return isIP(address) === 0 ? undefined : { address, port: Number(text.slice(colon + 1)) }
}
