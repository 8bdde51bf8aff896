import { isIP } from 'node:net'
import type { Endpoint } from '../../../phases/announcements.ts'

/** Reads how grpc-js names the other end of a connection, `127.0.0.1:4000` or `::1:4000`; undefined when there is none. */
export function peerIn(text: string): Endpoint | undefined {
  const colon = text.lastIndexOf(':')
  const address = text.slice(0, colon)
  return isIP(address) === 0 ? undefined : { address, port: Number(text.slice(colon + 1)) }
}
