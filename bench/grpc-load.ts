import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'

/** A unary gRPC call to repeat. */
export interface GrpcLoad {
  /** `http://127.0.0.1:9900/course.v1.CatalogService/GetCourse` */
  readonly url: string
  /** The request message's bytes, as base64. */
  readonly message: string
  /** Calls in flight, all on one connection, as in a gRPC client. */
  readonly calls: number
  readonly seconds: number
}

export interface GrpcTally {
  /** Calls with the same answer as the first. */
  readonly answered: number
  readonly sent: number
  /** Calls with another answer. */
  readonly refused: number
  readonly seconds: number
}

// https://www.rfc-editor.org/rfc/rfc9113#section-6
const FRAME = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, goAway: 7, windowUpdate: 8 } as const
const END_STREAM = 0x1
const END_HEADERS = 0x4
const ACK = 0x1
const HEADER_BYTES = 9
const LARGEST_WINDOW = 2 ** 31 - 1

/**
 * Repeats a call as fast as the server answers, with a minimal HTTP/2 client: Node's own client takes longer for a
 * call than the servers under test.
 *
 * The caller must have checked that the call succeeds: the first answer is the reference for the others.
 *
 * @param onAnswer receives the duration of a call, in milliseconds
 * @throws when the connection breaks
 */
export async function sendGrpcLoad(load: GrpcLoad, onAnswer: (milliseconds: number) => void): Promise<GrpcTally> {
  const { hostname, port } = new URL(load.url)
  const socket = connect({ host: hostname, port: Number(port), noDelay: true })
  await once(socket, 'connect')
  try {
    return await new GrpcRun(socket, load, onAnswer).done
  } finally {
    socket.destroy()
  }
}

interface Call {
  readonly startedAt: number
  bytes: number
}

class GrpcRun {
  readonly done: Promise<GrpcTally>
  readonly #socket: Socket
  readonly #headers: Buffer
  readonly #data: Buffer
  readonly #onAnswer: (milliseconds: number) => void
  readonly #startedAt = performance.now()
  readonly #calls = new Map<number, Call>()
  #out: Buffer[] = []
  #rest: Buffer = Buffer.alloc(0)
  #nextStream = 1
  #good: { readonly bytes: number; readonly trailers: Buffer } | undefined
  #answered = 0
  #refused = 0
  #sent = 0
  #isOver = false
  #finish: (tally: GrpcTally) => void = () => undefined
  #fail: (error: Error) => void = () => undefined

  constructor(socket: Socket, load: GrpcLoad, onAnswer: (milliseconds: number) => void) {
    this.#socket = socket
    this.#onAnswer = onAnswer
    this.#headers = headersOf(new URL(load.url))
    this.#data = framed(Buffer.from(load.message, 'base64'))
    this.done = new Promise((resolve, reject) => {
      this.#finish = resolve
      this.#fail = reject
    })
    socket.on('data', (bytes: Buffer) => this.#read(bytes))
    socket.on('error', this.#fail)
    socket.on('close', () => this.#fail(new Error('the gRPC server has closed the connection')))
    this.#sendPreface()
    for (let i = 0; i < load.calls; i++) this.#startCall()
    this.#flush()
    setTimeout(() => {
      this.#isOver = true
      this.#finish({
        answered: this.#answered,
        sent: this.#sent,
        refused: this.#refused,
        seconds: (performance.now() - this.#startedAt) / 1000,
      })
    }, load.seconds * 1000)
  }

  /** Without a header table, equal trailers have equal bytes. Large windows need few updates. */
  #sendPreface(): void {
    const settings = Buffer.alloc(12)
    settings.writeUInt16BE(1, 0) // SETTINGS_HEADER_TABLE_SIZE 0
    settings.writeUInt16BE(4, 6) // SETTINGS_INITIAL_WINDOW_SIZE
    settings.writeUInt32BE(LARGEST_WINDOW, 8)
    this.#out.push(Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(FRAME.settings, 0, 0, settings))
    this.#enlargeWindow(LARGEST_WINDOW - 65_535)
  }

  #enlargeWindow(bytes: number): void {
    const increment = Buffer.alloc(4)
    increment.writeUInt32BE(bytes)
    this.#out.push(frame(FRAME.windowUpdate, 0, 0, increment))
  }

  #startCall(): void {
    const stream = this.#nextStream
    this.#nextStream += 2
    this.#sent++
    this.#calls.set(stream, { startedAt: performance.now(), bytes: 0 })
    this.#out.push(frame(FRAME.headers, END_HEADERS, stream, this.#headers))
    this.#out.push(frame(FRAME.data, END_STREAM, stream, this.#data))
  }

  #flush(): void {
    this.#socket.write(Buffer.concat(this.#out))
    this.#out = []
  }

  #read(bytes: Buffer): void {
    let all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    let received = 0
    while (all.length >= HEADER_BYTES && all.length >= HEADER_BYTES + all.readUIntBE(0, 3)) {
      const length = all.readUIntBE(0, 3)
      const payload = all.subarray(HEADER_BYTES, HEADER_BYTES + length)
      const [type, flags] = [all[3] as number, all[4] as number]
      if (type === FRAME.data) received += length
      this.#onFrame(type, flags, all.readUInt32BE(5) & LARGEST_WINDOW, payload)
      all = all.subarray(HEADER_BYTES + length)
    }
    this.#rest = all
    if (received > 0) this.#enlargeWindow(received)
    if (this.#out.length > 0 && !this.#isOver) this.#flush()
  }

  #onFrame(type: number, flags: number, stream: number, payload: Buffer): void {
    const call = this.#calls.get(stream)
    if (type === FRAME.goAway) this.#fail(new Error('the gRPC server sent GOAWAY'))
    if (type === FRAME.settings && !(flags & ACK)) this.#out.push(frame(FRAME.settings, ACK, 0))
    if (type === FRAME.ping && !(flags & ACK)) this.#out.push(frame(FRAME.ping, ACK, 0, payload))
    if (call === undefined) return
    if (type === FRAME.data) call.bytes += payload.length
    if (type === FRAME.reset) this.#end(stream, call, undefined)
    if (type === FRAME.headers && flags & END_STREAM) this.#end(stream, call, payload)
  }

  #end(stream: number, call: Call, trailers: Buffer | undefined): void {
    this.#calls.delete(stream)
    if (this.#isOver) return
    if (trailers !== undefined) this.#good ??= { bytes: call.bytes, trailers: Buffer.from(trailers) }
    if (trailers !== undefined && this.#good?.bytes === call.bytes && this.#good.trailers.equals(trailers)) {
      this.#answered++
      this.#onAnswer(performance.now() - call.startedAt)
    } else this.#refused++
    this.#startCall()
  }
}

function frame(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUIntBE(payload.length, 0, 3)
  header[3] = type
  header[4] = flags
  header.writeUInt32BE(stream, 5)
  return Buffer.concat([header, payload])
}

/** One byte for compression, four for the length: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md */
function framed(message: Buffer): Buffer {
  const prefix = Buffer.alloc(5)
  prefix.writeUInt32BE(message.length, 1)
  return Buffer.concat([prefix, message])
}

function headersOf({ host, pathname }: URL): Buffer {
  const headers: [string, string][] = [
    [':method', 'POST'],
    [':scheme', 'http'],
    [':path', pathname],
    [':authority', host],
    ['content-type', 'application/grpc'],
    ['te', 'trailers'],
  ]
  return Buffer.concat(headers.map(([name, value]) => Buffer.concat([Buffer.from([0]), text(name), text(value)])))
}

/** A literal without Huffman coding: https://www.rfc-editor.org/rfc/rfc7541#section-6.2.2. All are under 127 bytes. */
function text(value: string): Buffer {
  return Buffer.concat([Buffer.from([value.length]), Buffer.from(value)])
}
