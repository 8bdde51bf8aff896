import { connect, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { numberedId } from './numbered-id.ts'

/** A request to repeat. */
export interface HttpLoad {
  /** `{id}` stands for a different id in each request. */
  readonly url: string
  readonly method: 'GET' | 'POST'
  /** Number of the first id; the following ids count up. */
  readonly firstId?: number
  /** Each connection has one request in flight. */
  readonly connections: number
  readonly seconds: number
}

export interface HttpTally {
  /** Requests answered with 2xx. */
  readonly answered: number
  /** Includes requests in flight at the end. */
  readonly sent: number
  /** Answers other than 2xx. */
  readonly refused: number
  readonly seconds: number
}

/**
 * Repeats the request as fast as the server answers. It parses only the status and the length of an answer, because
 * it shares the machine's cores with the server: a full HTTP client needs as much CPU per request as a fast server.
 *
 * @param onAnswer receives the duration of a request, in milliseconds
 * @throws when a connection breaks, and for an answer without content-length
 */
export async function sendHttpLoad(load: HttpLoad, onAnswer: (milliseconds: number) => void): Promise<HttpTally> {
  const { hostname, port } = new URL(load.url)
  const nextRequest = requestsOf(load)
  const startedAt = performance.now()
  let [answered, refused, sent] = [0, 0, 0]
  const clients = Array.from({ length: load.connections }, () => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true })
    return new Client(socket, {
      nextRequest: () => {
        sent++
        return nextRequest()
      },
      onAnswer: (isGood, milliseconds) => {
        if (isGood) answered++
        else refused++
        onAnswer(milliseconds)
      },
    })
  })
  const stop = new AbortController()
  const end = delay(load.seconds * 1000, undefined, stop)
  try {
    await Promise.race([end, ...clients.map(({ broken }) => broken)])
    return { answered, sent, refused, seconds: (performance.now() - startedAt) / 1000 }
  } finally {
    stop.abort()
    for (const client of clients) client.stop()
  }
}

interface ClientHandlers {
  readonly nextRequest: () => string
  readonly onAnswer: (isGood: boolean, milliseconds: number) => void
}

/** One connection. */
class Client {
  /** Never resolves. */
  readonly broken: Promise<never>
  readonly #socket: Socket
  readonly #handlers: ClientHandlers
  #sentAt = 0
  #isGood = false
  /** Bytes still missing after a complete head. */
  #missing = 0
  /** The part of an incomplete head that has arrived. */
  #partialHead: Buffer | undefined

  constructor(socket: Socket, handlers: ClientHandlers) {
    this.#socket = socket
    this.#handlers = handlers
    this.broken = new Promise((_, reject) => {
      socket.on('error', reject)
      socket.on('close', () => reject(new Error('the server has closed a connection')))
      socket.on('connect', () => this.#send())
      socket.on('data', (bytes: Buffer) => {
        try {
          this.#read(bytes)
        } catch (error) {
          reject(error as Error)
        }
      })
    })
  }

  stop(): void {
    this.#socket.removeAllListeners().destroy()
  }

  #send(): void {
    this.#sentAt = performance.now()
    this.#socket.write(this.#handlers.nextRequest(), 'latin1')
  }

  #read(bytes: Buffer): void {
    if (this.#missing > 0) this.#missing -= bytes.length
    else if (!this.#readHead(this.#partialHead ? Buffer.concat([this.#partialHead, bytes]) : bytes)) return
    if (this.#missing > 0) return
    this.#handlers.onAnswer(this.#isGood, performance.now() - this.#sentAt)
    this.#send()
  }

  /** @returns whether the head is complete */
  #readHead(bytes: Buffer): boolean {
    const end = bytes.indexOf('\r\n\r\n')
    this.#partialHead = end === -1 ? bytes : undefined
    if (end === -1) return false
    const head = bytes.toString('latin1', 0, end)
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
    if (length === undefined) throw new Error(`an answer without content-length:\n${head}`)
    this.#isGood = head.startsWith('2', 'HTTP/1.1 '.length)
    this.#missing = end + 4 + Number(length) - bytes.length
    return true
  }
}

/** Returns the next request, shared by all connections. */
function requestsOf({ url, method, firstId }: HttpLoad): () => string {
  const { host, pathname, search } = new URL(url)
  const path = pathname.replaceAll('%7B', '{').replaceAll('%7D', '}') + search
  const [before = '', after] = `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`.split('{id}')
  if (firstId === undefined || after === undefined) return () => before
  let id = firstId
  return () => before + numberedId(id++) + after
}
