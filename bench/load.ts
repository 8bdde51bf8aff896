import { createHistogram } from 'node:perf_hooks'
import { sendGrpcLoad } from './grpc-load.ts'
import { handleRequests } from './helper-process.ts'
import { sendHttpLoad } from './http-load.ts'

/** One load run. */
export interface LoadSpec {
  /** `{id}` stands for a different id in each request. */
  readonly url: string
  /** The request message of a gRPC call, as base64. */
  readonly grpcMessage?: string
  readonly method?: 'GET' | 'POST'
  /** Number of the first id; the following ids count up. */
  readonly firstId?: number
  readonly connections: number
  readonly seconds: number
}

/** Result of a load run. */
export interface LoadResult {
  /** Requests answered with 2xx. */
  readonly answered: number
  /** Includes requests in flight at the end. */
  readonly sent: number
  readonly seconds: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Answers other than 2xx. */
  readonly refused: number
  /** CPU time of the load generator. */
  readonly cpuMicros: number
}

handleRequests(runLoad)

async function runLoad(spec: LoadSpec): Promise<LoadResult> {
  const micros = createHistogram()
  const onAnswer = (milliseconds: number) => micros.record(Math.max(1, Math.round(milliseconds * 1000)))
  const before = process.cpuUsage()
  const tally = spec.grpcMessage === undefined ? await runHttp(spec, onAnswer) : await runGrpc(spec, onAnswer)
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

function runHttp({ method = 'GET', ...spec }: LoadSpec, onAnswer: OnAnswer): Promise<Tally> {
  return sendHttpLoad({ method, ...spec }, onAnswer)
}

function runGrpc({ url, grpcMessage = '', connections, seconds }: LoadSpec, onAnswer: OnAnswer): Promise<Tally> {
  return sendGrpcLoad({ url, message: grpcMessage, calls: connections, seconds }, onAnswer)
}
