import type { Test } from 'tap'
import { readOpenMetrics } from '../../query/series/read-openmetrics.ts'
import { PrometheusApi } from '../../query/server/prometheus-api.ts'
import { difference } from './compare.ts'
import { knownDifference } from './known-differences.ts'
import { type ApiAnswer, ask, startPrometheusOver } from './real-prometheus.ts'

/** How many questions are on their way to Prometheus at a time. */
const CONCURRENCY = 8

/** When the query is asked, all in milliseconds; the range beside the instant. */
export interface Moments {
  readonly instant: number
  readonly start: number
  readonly end: number
  readonly step: number
}

export interface Outcome {
  readonly query: string
  /** What is different; undefined when the answers are the same. */
  readonly found: string | undefined
  /** Why it may be; undefined when it must not. */
  readonly known: string | undefined
  readonly isEmpty: boolean
  readonly isError: boolean
}

/** Asks a real Prometheus and our engine over the same samples, each query once for a moment and once for a range. */
export async function compareWithPrometheus(
  t: Pick<Test, 'teardown'>,
  samples: string,
  queries: readonly string[],
  { instant, start, end, step }: Moments,
): Promise<readonly Outcome[]> {
  const url = await startPrometheusOver(t, samples)
  const api = new PrometheusApi(readOpenMetrics(samples))
  const outcomes: Outcome[] = []
  const waiting = queries.entries()

  async function compare(path: string, parameters: Readonly<Record<string, string>>): Promise<void> {
    const own = api.answer(path, new URLSearchParams(parameters))?.body as ApiAnswer
    outcomes.push(outcome(parameters.query as string, await ask(url, path, parameters), own))
  }

  async function compareRemaining(): Promise<void> {
    for (const [, query] of waiting) {
      await compare('query', { query, time: String(instant / 1000) })
      const range = { start: String(start / 1000), end: String(end / 1000), step: String(step / 1000) }
      await compare('query_range', { query, ...range })
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, compareRemaining))
  return outcomes
}

function outcome(query: string, real: ApiAnswer, ours: ApiAnswer): Outcome {
  const isVector = real.data?.resultType === 'vector'
  const found = difference(real, ours, isVector && /^(?:sort|sort_desc|topk|bottomk)\b/.test(query))
  const result = real.data?.result
  return {
    query,
    found,
    known: found === undefined ? undefined : knownDifference(query, real, ours),
    isEmpty: Array.isArray(result) && result.length === 0,
    isError: real.status === 'error',
  }
}
