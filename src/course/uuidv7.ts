import { randomFillSync } from 'node:crypto'

let lastTime = 0
let sequence = 0

/**
 * A new UUID of version 7: 48 bits of time, then randomness. Ids of this process are in ascending order, so new rows go
 * to the end of an index.
 *
 * https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-7
 */
export function uuidv7(): string {
  const bytes = randomFillSync(Buffer.allocUnsafe(16))
  const now = Date.now()
  if (now > lastTime) {
    lastTime = now
    sequence = bytes.readUInt16BE(6) & 0x7ff
  } else if (++sequence > 0xfff) {
    // 4096 ids in one millisecond: borrow from the next.
    lastTime++
    sequence = 0
  }
  return format(lastTime, sequence, bytes)
}

/** The UUIDv7 of a given time, 12 bits and 8 bytes. For reproducible ids. */
export function format(time: number, after: number, bytes: Buffer): string {
  bytes.writeUIntBE(time, 0, 6)
  bytes.writeUInt16BE(0x7000 | after, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
