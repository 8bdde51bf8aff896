import { connect, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { numberedId } from './numbered-id.ts'

/** A request that is made again and again. */
export interface HttpOrder {
  /** With `{id}` where each request has an id of its own, if they do. */
  readonly url: string
  readonly method: 'GET' | 'POST'
  /** The number of the first request's id, from where they count up. */
  readonly firstId?: number
  /** Each of them sends a request when the one before is answered. */
  readonly connections: number
  readonly seconds: number
}

export interface HttpTally {
  /** Requests answered with 2xx. */
  readonly answered: number
  /** With those that the end cut off before their answer. */
  readonly sent: number
  /** Answers other than 2xx. */
  readonly refused: number
  readonly seconds: number
}

/**
 * Makes the requests as fast as the server answers them. It reads of an answer only its status and where it ends,
 * because it shares the machine's cores with what is measured: a full HTTP client takes as long for a request as
 * a fast server does.
 *
 * @param onAnswer gets how long a request took, in milliseconds
 * @throws when a connection breaks, and for an answer without content-length
 */
export async function fireHttp(order: HttpOrder, onAnswer: (milliseconds: number) => void): Promise<HttpTally> {
  const { hostname, port } = new URL(order.url)
  const nextRequest = requestsOf(order)
  const startedAt = performance.now()
  let [answered, refused, sent] = [0, 0, 0]
  const clients = Array.from({ length: order.connections }, () => {
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
  const end = delay(order.seconds * 1000, undefined, stop)
  try {
    await Promise.race([end, ...clients.map(({ broken }) => broken)])
    return { answered, sent, refused, seconds: (performance.now() - startedAt) / 1000 }
  } finally {
    stop.abort()
    for (const client of clients) client.stop()
  }
}

interface Talk {
  readonly nextRequest: () => string
  readonly onAnswer: (isGood: boolean, milliseconds: number) => void
}

/** One connection. */
class Client {
  /** Never resolves. */
  readonly broken: Promise<never>
  readonly #socket: Socket
  readonly #talk: Talk
  #sentAt = 0
  #isGood = false
  /** Bytes that are still to come of an answer whose head is here. */
  #missing = 0
  /** What is here of an answer whose head is not complete. */
  #start: Buffer | undefined

  constructor(socket: Socket, talk: Talk) {
    this.#socket = socket
    this.#talk = talk
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
    this.#socket.write(this.#talk.nextRequest(), 'latin1')
  }

  #read(bytes: Buffer): void {
    if (this.#missing > 0) this.#missing -= bytes.length
    else if (!this.#readHead(this.#start === undefined ? bytes : Buffer.concat([this.#start, bytes]))) return
    if (this.#missing > 0) return
    this.#talk.onAnswer(this.#isGood, performance.now() - this.#sentAt)
    this.#send()
  }

  /** @returns whether the head is complete, as it nearly always is at once */
  #readHead(bytes: Buffer): boolean {
    const end = bytes.indexOf('\r\n\r\n')
    this.#start = end === -1 ? bytes : undefined
    if (end === -1) return false
    const head = bytes.toString('latin1', 0, end)
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
    if (length === undefined) throw new Error(`an answer without content-length:\n${head}`)
    this.#isGood = head.startsWith('2', 'HTTP/1.1 '.length)
    this.#missing = end + 4 + Number(length) - bytes.length
    return true
  }
}

/** A request for each id, in their order, whichever connection takes it. */
function requestsOf({ url, method, firstId }: HttpOrder): () => string {
  const { host, pathname, search } = new URL(url)
  const path = pathname.replaceAll('%7B', '{').replaceAll('%7D', '}') + search
  const [before = '', after] = `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`.split('{id}')
  if (firstId === undefined || after === undefined) return () => before
  let id = firstId
  return () => before + numberedId(id++) + after
}
