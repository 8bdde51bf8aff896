/**
 * Counts the root spans in a Jaeger `Batch`, binary Thrift as the Jaeger exporter posts it, without decoding it.
 *
 * https://github.com/jaegertracing/jaeger-idl/blob/main/thrift/jaeger.thrift
 * https://github.com/apache/thrift/blob/master/doc/specs/thrift-binary-protocol.md
 */
export function countRootSpans(batch: Buffer): number {
  cursor = 0
  for (let type = batch.readUInt8(cursor++); type !== STOP; type = batch.readUInt8(cursor++)) {
    const field = batch.readInt16BE(cursor)
    cursor += 2
    if (field === BATCH_SPANS) return countInList(batch)
    skip(batch, type)
  }
  return 0
}

const BATCH_SPANS = 2
const SPAN_PARENT_ID = 4

const STOP = 0
const STRING = 11
const STRUCT = 12
const MAP = 13
const SET = 14
const LIST = 15
/** Sizes of bool, byte, double, i16, i32 and i64, by Thrift's type number. */
const SIZES: Readonly<Record<number, number>> = { 2: 1, 3: 1, 4: 8, 6: 2, 8: 4, 10: 8 }

/** Position of the next byte. Counting is synchronous, so all messages can share it. */
let cursor = 0

function countInList(bytes: Buffer): number {
  const spans = bytes.readInt32BE(cursor + 1)
  cursor += 5
  let roots = 0
  for (let index = 0; index < spans; index++) {
    if (isRoot(bytes)) roots++
  }
  return roots
}

/** Reads one span and leaves the cursor after it. */
function isRoot(bytes: Buffer): boolean {
  let root = true
  for (let type = bytes.readUInt8(cursor++); type !== STOP; type = bytes.readUInt8(cursor++)) {
    const field = bytes.readInt16BE(cursor)
    cursor += 2
    if (field === SPAN_PARENT_ID) root = bytes.readInt32BE(cursor) === 0 && bytes.readInt32BE(cursor + 4) === 0
    skip(bytes, type)
  }
  return root
}

function skip(bytes: Buffer, type: number): void {
  const size = SIZES[type]
  if (size !== undefined) cursor += size
  else if (type === STRING) cursor += 4 + bytes.readInt32BE(cursor)
  else if (type === STRUCT) skipStruct(bytes)
  else if (type === LIST || type === SET) skipList(bytes)
  else throw new Error(`Not a Jaeger batch: ${type === MAP ? 'it holds a map' : `type ${type}`}`)
}

function skipStruct(bytes: Buffer): void {
  for (let type = bytes.readUInt8(cursor++); type !== STOP; type = bytes.readUInt8(cursor++)) {
    cursor += 2
    skip(bytes, type)
  }
}

function skipList(bytes: Buffer): void {
  const type = bytes.readUInt8(cursor)
  const length = bytes.readInt32BE(cursor + 1)
  cursor += 5
  for (let index = 0; index < length; index++) skip(bytes, type)
}
