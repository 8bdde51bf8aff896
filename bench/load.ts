import { createHistogram } from 'node:perf_hooks'
import { fireGrpc } from './grpc-load.ts'
import { fireHttp } from './http-load.ts'
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
  /** What generating the load has cost. */
  readonly cpuMicros: number
}

answerQuestions(fire)

async function fire(order: LoadOrder): Promise<LoadResult> {
  const micros = createHistogram()
  const onAnswer = (milliseconds: number) => micros.record(Math.max(1, Math.round(milliseconds * 1000)))
  const before = process.cpuUsage()
  const tally = order.grpcMessage === undefined ? await shoot(order, onAnswer) : await shootGrpc(order, onAnswer)
  const { user, system } = process.cpuUsage(before)
  return {
    ...tally,
    p50Ms: micros.percentile(50) / 1000,
    p99Ms: micros.percentile(99) / 1000,
    cpuMicros: user + system,
  }
}

type Tally = Pick<LoadResult, 'answered' | 'sent' | 'seconds' | 'refused'>
type OnAnswer = (milliseconds: number) => void

function shoot({ method = 'GET', ...order }: LoadOrder, onAnswer: OnAnswer): Promise<Tally> {
  return fireHttp({ method, ...order }, onAnswer)
}

function shootGrpc({ url, grpcMessage = '', connections, seconds }: LoadOrder, onAnswer: OnAnswer): Promise<Tally> {
  return fireGrpc({ url, message: grpcMessage, calls: connections, seconds }, onAnswer)
}
