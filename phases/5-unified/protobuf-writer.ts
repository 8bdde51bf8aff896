const VARINT = 0
const FIXED64 = 1
const LENGTH_DELIMITED = 2
const FIXED32 = 5

/** Short text is copied faster by hand than by a call out of JavaScript. */
const SHORT = 64

/**
 * Writes protobuf's wire format into a buffer that grows and is used again and again. Each member of a
 * message is a number and a value; the methods are named after protobuf's types.
 *
 * https://protobuf.dev/programming-guides/encoding/
 */
export class ProtobufWriter {
  #bytes = Buffer.allocUnsafeSlow(256 * 1024)
  #end = 0

  /** Forgets what was written. */
  clear(): void {
    this.#end = 0
  }

  /** A copy of what was written since `clear`. */
  copy(): Uint8Array {
    return Uint8Array.prototype.slice.call(this.#bytes, 0, this.#end)
  }

  uint(field: number, value: number): void {
    this.#reserve(20)
    this.#tag(field, VARINT)
    this.#varint(value)
  }

  /** A negative number is a varint of its two's complement in 64 bits. */
  int64(field: number, value: number): void {
    if (value >= 0 && value <= Number.MAX_SAFE_INTEGER) {
      this.uint(field, value)
      return
    }
    this.#reserve(20)
    this.#tag(field, VARINT)
    let rest = BigInt.asUintN(64, BigInt(value))
    for (; rest > 0x7fn; rest >>= 7n) this.#bytes[this.#end++] = Number(rest & 0x7fn) | 0x80
    this.#bytes[this.#end++] = Number(rest)
  }

  fixed32(field: number, value: number): void {
    this.#reserve(10)
    this.#tag(field, FIXED32)
    this.#uint32(value)
  }

  /** @param high the upper 32 bits of the number. */
  fixed64(field: number, low: number, high: number): void {
    this.#reserve(14)
    this.#tag(field, FIXED64)
    this.#uint32(low)
    this.#uint32(high)
  }

  double(field: number, value: number): void {
    this.#reserve(14)
    this.#tag(field, FIXED64)
    this.#end = this.#bytes.writeDoubleLE(value, this.#end)
  }

  string(field: number, text: string): void {
    this.#reserve(10 + 3 * text.length) // no character takes more than three bytes per UTF-16 unit
    this.#tag(field, LENGTH_DELIMITED)
    if (text.length > SHORT || !this.#ascii(text)) {
      this.#varint(Buffer.byteLength(text))
      this.#end += this.#bytes.write(text, this.#end)
    }
  }

  /** Bytes that are given as hexadecimal digits, as ids are. */
  hex(field: number, digits: string): void {
    this.#reserve(10 + digits.length / 2)
    this.#tag(field, LENGTH_DELIMITED)
    this.#varint(digits.length / 2)
    const bytes = this.#bytes
    let end = this.#end
    for (let i = 0; i < digits.length; i += 2) {
      bytes[end++] = (nibble(digits.charCodeAt(i)) << 4) | nibble(digits.charCodeAt(i + 1))
    }
    this.#end = end
  }

  /** Begins a message within the message. @returns what `endMessage` needs. */
  beginMessage(field: number): number {
    this.#reserve(6)
    this.#tag(field, LENGTH_DELIMITED)
    return this.#end++ // one byte for the length; most messages need no more
  }

  endMessage(begin: number): void {
    const length = this.#end - begin - 1
    const more = varintLength(length) - 1
    if (more > 0) {
      this.#reserve(more)
      this.#bytes.copyWithin(begin + 1 + more, begin + 1, this.#end)
    }
    this.#end = begin
    this.#varint(length)
    this.#end += length
  }

  /** Writes the text if it is all ASCII, which ids, names and paths are. */
  #ascii(text: string): boolean {
    const bytes = this.#bytes
    let end = this.#end
    bytes[end++] = text.length // below 128, so this is all of the varint
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code > 0x7f) return false
      bytes[end++] = code
    }
    this.#end = end
    return true
  }

  #tag(field: number, wireType: number): void {
    this.#varint((field << 3) | wireType)
  }

  #varint(value: number): void {
    let rest = value
    for (; rest > 0x7f; rest = rest < 2 ** 31 ? rest >> 7 : Math.floor(rest / 0x80)) {
      this.#bytes[this.#end++] = (rest & 0x7f) | 0x80
    }
    this.#bytes[this.#end++] = rest
  }

  #uint32(value: number): void {
    const bytes = this.#bytes
    bytes[this.#end++] = value
    bytes[this.#end++] = value >>> 8
    bytes[this.#end++] = value >>> 16
    bytes[this.#end++] = value >>> 24
  }

  #reserve(size: number): void {
    if (this.#end + size <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow(2 * this.#bytes.length + size)
    larger.set(this.#bytes.subarray(0, this.#end))
    this.#bytes = larger
  }
}

function varintLength(value: number): number {
  let length = 1
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 0x80)) length++
  return length
}

/** The value of a hexadecimal digit: `0` is 48, `A` 65 and `a` 97. */
function nibble(code: number): number {
  return code <= 57 ? code - 48 : (code & 0x0f) + 9
}
