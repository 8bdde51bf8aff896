/** The values of the Thrift binary protocol. A struct maps field ids to values; only the IDL has names. */
export type ThriftValue = boolean | number | bigint | Buffer | ThriftStruct | ThriftValue[] | ThriftEntry[]
export type ThriftStruct = Map<number, ThriftValue>
export type ThriftEntry = readonly [key: ThriftValue, value: ThriftValue]

/**
 * Decodes one struct that fills the whole buffer.
 * https://github.com/apache/thrift/blob/master/doc/specs/thrift-binary-protocol.md
 *
 * @throws RangeError when the bytes end early, are too many, or name an unknown type.
 */
export function readThriftStruct(bytes: Buffer): ThriftStruct {
  const reader = new Reader(bytes)
  const struct = reader.struct()
  if (reader.left > 0) throw new RangeError(`${reader.left} bytes after the end of the Thrift struct`)
  return struct
}

const type = {
  stop: 0,
  bool: 2,
  byte: 3,
  double: 4,
  i16: 6,
  i32: 8,
  i64: 10,
  binary: 11,
  struct: 12,
  map: 13,
  set: 14,
  list: 15,
}

class Reader {
  #at = 0

  constructor(readonly bytes: Buffer) {}

  get left(): number {
    return this.bytes.length - this.#at
  }

  struct(): ThriftStruct {
    const fields: ThriftStruct = new Map()
    for (;;) {
      const kind = this.#byte()
      if (kind === type.stop) return fields
      const id = this.bytes.readInt16BE(this.#advance(2))
      fields.set(id, this.#value(kind))
    }
  }

  #value(kind: number): ThriftValue {
    switch (kind) {
      case type.bool:
        return this.#byte() !== 0
      case type.byte:
        return this.#byte()
      case type.double:
        return this.bytes.readDoubleBE(this.#advance(8))
      case type.i16:
        return this.bytes.readInt16BE(this.#advance(2))
      case type.i32:
        return this.#i32()
      case type.i64:
        return this.bytes.readBigInt64BE(this.#advance(8))
      case type.binary:
        return this.#binary()
      case type.struct:
        return this.struct()
      case type.map:
        return this.#map()
      case type.set:
      case type.list:
        return this.#list()
      default:
        throw new RangeError(`unknown Thrift type ${kind} before byte ${this.#at}`)
    }
  }

  #binary(): Buffer {
    const length = this.#size()
    const start = this.#advance(length)
    return this.bytes.subarray(start, start + length)
  }

  #list(): ThriftValue[] {
    const kind = this.#byte()
    return Array.from({ length: this.#size() }, () => this.#value(kind))
  }

  #map(): ThriftEntry[] {
    const keyKind = this.#byte()
    const valueKind = this.#byte()
    return Array.from({ length: this.#size() }, () => [this.#value(keyKind), this.#value(valueKind)] as const)
  }

  /** A length or a count. Every element takes at least a byte, so it is bounded by the remaining bytes. */
  #size(): number {
    const size = this.#i32()
    if (size < 0 || size > this.left) throw new RangeError(`a size of ${size} with ${this.left} bytes left`)
    return size
  }

  #i32(): number {
    return this.bytes.readInt32BE(this.#advance(4))
  }

  #byte(): number {
    return this.bytes.readUInt8(this.#advance(1))
  }

  #advance(count: number): number {
    const start = this.#at
    this.#at += count
    return start
  }
}
