/**
 * Counts the root spans in an OTLP `ExportTraceServiceRequest` without decoding it, because the sink shares the
 * machine with the server under test. Every request of the bench starts a trace, so root spans are requests.
 *
 * https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
 */
export function countRootSpans(message: Uint8Array): number {
  let roots = 0
  forEachField(message, 0, message.length, RESOURCE_SPANS, (from, to) => {
    forEachField(message, from, to, SCOPE_SPANS, (from, to) => {
      forEachField(message, from, to, SPAN, (from, to) => {
        if (!hasContent(message, from, to, PARENT_SPAN_ID)) roots++
      })
    })
  })
  return roots
}

const RESOURCE_SPANS = 1
const SCOPE_SPANS = 2
const SPAN = 2
const PARENT_SPAN_ID = 4

const VARINT = 0
const FIXED64 = 1
const LENGTH_DELIMITED = 2
const FIXED32 = 5

/** Position of the next byte. Counting is synchronous, so all messages can share it. */
let cursor = 0

function forEachField(
  bytes: Uint8Array,
  from: number,
  to: number,
  wanted: number,
  visit: (from: number, to: number) => void,
): void {
  cursor = from
  while (cursor < to) {
    const tag = readVarint(bytes)
    if ((tag & 7) !== LENGTH_DELIMITED) {
      skip(bytes, tag & 7)
      continue
    }
    const length = readVarint(bytes)
    const end = cursor + length
    if (tag >>> 3 === wanted) visit(cursor, end)
    cursor = end
  }
}

/** Whether the message from `from` to `to` has the field and it is not empty. */
function hasContent(bytes: Uint8Array, from: number, to: number, wanted: number): boolean {
  cursor = from
  while (cursor < to) {
    const tag = readVarint(bytes)
    if (tag >>> 3 === wanted) return readVarint(bytes) > 0
    skip(bytes, tag & 7)
  }
  return false
}

function skip(bytes: Uint8Array, wireType: number): void {
  if (wireType === VARINT) readVarint(bytes)
  else if (wireType === FIXED64) cursor += 8
  else if (wireType === FIXED32) cursor += 4
  else if (wireType === LENGTH_DELIMITED) skipContent(bytes)
  else throw new Error(`Not a protobuf message: wire type ${wireType}`)
}

function skipContent(bytes: Uint8Array): void {
  const length = readVarint(bytes)
  cursor += length
}

function readVarint(bytes: Uint8Array): number {
  let value = 0
  let factor = 1
  for (;;) {
    const byte = bytes[cursor++]
    if (byte === undefined) throw new Error('Not a protobuf message: it ends within a number')
    value += (byte & 0x7f) * factor
    if (byte < 0x80) return value
    factor *= 128
  }
}
