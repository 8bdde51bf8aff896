import { isUtf8 } from 'node:buffer'
import protobuf from 'protobufjs'

/**
 * Reads messages, and refuses text that is not UTF-8, as protobuf requires. protobufjs would replace invalid bytes.
 *
 * https://protobuf.dev/programming-guides/proto3/#scalar
 */
export class Utf8Reader extends protobuf.BufferReader {
  /** @throws when the bytes are not UTF-8 */
  override string(): string {
    const bytes = this.bytes() as Buffer
    if (!isUtf8(bytes)) throw new Error('a text is not UTF-8')
    return bytes.toString()
  }
}
