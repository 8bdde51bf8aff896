import type { Test } from 'tap'
import { Engine } from '../../query/promql/engine.ts'
import { ParseError } from '../../query/promql/position.ts'
import { ExecutionError, QueryTimeout } from '../../query/promql/value.ts'
import { readOpenMetrics } from '../../query/series/read-openmetrics.ts'
import { toQueryData } from '../../query/server/answer-query.ts'
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
  const engine = new Engine(readOpenMetrics(samples))
  const outcomes: Outcome[] = []
  const waiting = queries.entries()

  async function compareRemaining(): Promise<void> {
    for (const [, query] of waiting) {
      const moment = { query, time: String(instant / 1000) }
      const range = { query, start: String(start / 1000), end: String(end / 1000), step: String(step / 1000) }
      outcomes.push(
        outcome(
          query,
          await ask(url, 'query', moment),
          own(() => engine.instant(query, instant)),
        ),
        outcome(
          query,
          await ask(url, 'query_range', range),
          own(() => engine.range(query, start, end, step)),
        ),
      )
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, compareRemaining))
  return outcomes
}

/** Ours as the API would answer. What is not the query's fault is thrown. */
function own(answer: () => Parameters<typeof toQueryData>[0]): ApiAnswer {
  try {
    return { status: 'success', ...toQueryData(answer()) }
  } catch (error) {
    if (error instanceof ParseError || error instanceof ExecutionError || error instanceof QueryTimeout)
      return { status: 'error', error: error.message }
    throw error
  }
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
