import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'
import autocannon from 'autocannon'
import { fireGrpc } from './grpc-load.ts'
import { numberedId } from './numbered-id.ts'
import { answerQuestions } from './peer.ts'

/** One burst of load. */
export interface LoadOrder {
  /** With `{id}` where each request has an id of its own, if they do. */
  readonly url: string
  /** For a gRPC call: the request message, as base64. */
  readonly grpcMessage?: string
  readonly method?: 'GET' | 'POST'
  /** The number of the first request's id, from where they count up. */
  readonly firstId?: number
  readonly connections: number
  readonly seconds: number
}

/** What came of it. */
export interface LoadResult {
  /** Requests answered with 2xx. */
  readonly answered: number
  /** Requests sent: with those that the end cut off before their answer. */
  readonly sent: number
  readonly seconds: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Answers other than 2xx. */
  readonly refused: number
  /** Connection errors and timeouts. */
  readonly errors: number
  /** What generating the load has cost. */
  readonly cpuMicros: number
}

answerQuestions(fire)

async function fire(order: LoadOrder): Promise<LoadResult> {
  const micros = createHistogram()
  const before = process.cpuUsage()
  const result = order.grpcMessage === undefined ? await shoot(order, micros) : await shootGrpc(order, micros)
  const { user, system } = process.cpuUsage(before)
  return {
    ...result,
    p50Ms: micros.percentile(50) / 1000,
    p99Ms: micros.percentile(99) / 1000,
    cpuMicros: user + system,
  }
}

type Tally = Pick<LoadResult, 'answered' | 'sent' | 'seconds' | 'refused' | 'errors'>

async function shootGrpc(order: LoadOrder, micros: RecordableHistogram): Promise<Tally> {
  const { url, grpcMessage: message = '', connections: calls, seconds } = order
  return { ...(await fireGrpc({ url, message, calls, seconds }, recordIn(micros))), errors: 0 }
}

function recordIn(micros: RecordableHistogram): (milliseconds: number) => void {
  return (milliseconds) => micros.record(Math.max(1, Math.round(milliseconds * 1000)))
}

/** autocannon's own histogram holds whole milliseconds, too coarse for a server that takes two or three. */
function shoot(order: LoadOrder, micros: RecordableHistogram): Promise<Tally> {
  const { url, method = 'GET', connections, seconds } = order
  return new Promise((resolve, reject) => {
    const options = { url, method, connections, pipelining: 1, duration: seconds, ...withIds(order) }
    const instance = autocannon(options, (error, result) => (error ? reject(error) : resolve(tallyOf(result))))
    const record = recordIn(micros)
    instance.on('response', (_client, _status, _bytes, milliseconds) => record(milliseconds))
  })
}

function tallyOf(result: autocannon.Result): Tally {
  return {
    answered: result['2xx'],
    sent: result.requests.sent,
    seconds: result.duration,
    refused: result.non2xx,
    errors: result.errors + result.timeouts,
  }
}

/** A request for each id, in their order, on whichever connection is free. */
function withIds({ url, firstId }: LoadOrder): Pick<autocannon.Options, 'requests'> {
  if (firstId === undefined) return {}
  const template = new URL(url).pathname.replaceAll('%7B', '{').replaceAll('%7D', '}')
  let number = firstId
  const setupRequest = (request: autocannon.Request) => ({
    ...request,
    path: template.replace('{id}', numberedId(number++)),
  })
  return { requests: [{ setupRequest }] }
}
