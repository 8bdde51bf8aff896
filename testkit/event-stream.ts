import { type ClientRequest, get, type IncomingMessage } from 'node:http'
import type { Test } from 'tap'
import { waitFor } from './wait-for.ts'

/** An event as received. */
export interface ReceivedEvent {
  readonly event: string
  readonly id: string
  readonly data: string
}

/** A connection to a stream of Server-Sent Events. */
export interface EventStream {
  readonly response: IncomingMessage
  /** All events so far. */
  readonly events: readonly ReceivedEvent[]
  readonly isClosed: boolean
  /** Number of characters read. */
  readonly received: number
  /** Waits for an event of that name whose parsed data satisfies `predicate`. */
  next<T>(event: string, predicate?: (data: T) => boolean): Promise<T>
  close(): void
}

/** Connects and reads until the end of the test. If `paused`, it reads only after `response.resume()`. */
export async function openEventStream(
  t: Pick<Test, 'teardown'>,
  url: string,
  { headers = {}, paused = false }: { headers?: Record<string, string>; paused?: boolean } = {},
): Promise<EventStream> {
  const { request, response } = await connect(url, headers)
  t.teardown(() => request.destroy())
  const events: ReceivedEvent[] = []
  let unread = ''
  let received = 0
  let isClosed = false
  response.setEncoding('utf8')
  response.on('error', () => {}) // the server has closed the connection; 'close' follows
  response.on('close', () => {
    isClosed = true
  })
  response.on('data', (text: string) => {
    received += text.length
    const parts = (unread + text).split('\n\n')
    unread = parts.pop() as string
    events.push(...parts.map(parse))
  })
  if (paused) response.pause()
  return {
    response,
    events,
    get isClosed() {
      return isClosed
    },
    get received() {
      return received
    },
    next: <T>(name: string, predicate: (data: T) => boolean = () => true) =>
      waitFor(
        `the event ${name}`,
        () => {
          const found = events.filter(({ event }) => event === name).map(({ data }) => JSON.parse(data) as T)
          return found.find(predicate)
        },
        { seen: () => events.map(({ event, id }) => `${event} ${id}`) },
      ) as Promise<T>,
    close: () => request.destroy(),
  }
}

function connect(
  url: string,
  headers: Record<string, string>,
): Promise<{ request: ClientRequest; response: IncomingMessage }> {
  return new Promise((resolve, reject) => {
    const request = get(url, { headers, agent: false }, (response) => resolve({ request, response }))
    request.on('error', reject)
  })
}

/** @throws unless it is a line each of `event`, `id` and `data`, in this order, as our server sends them. */
function parse(text: string): ReceivedEvent {
  const [, event, id, data] = /^event: (.*)\nid: (.*)\ndata: (.*)$/.exec(text) ?? []
  if (event === undefined || id === undefined || data === undefined) throw new Error(`not an event: ${text}`)
  return { event, id, data }
}
