import { ExecutionError, InvalidQuery, QueryTimeout } from '../../../query/promql/value.ts'
import type { Claim } from '../exercise.ts'
import type { Mistake } from './mistake.ts'
import { type Comparison, compareRows, type Row } from './rows.ts'

/** What a query's results have to be. */
export interface Judgement<Query> extends Comparison {
  /** In words. */
  readonly expected: string
  /** The first that is in the query and in what it gave is named. */
  readonly mistakes: readonly Mistake<Query>[]
  /** What to look at when none of the mistakes is found. */
  readonly look: string
}

/** Results of two queries over the same data, at one moment. */
export interface Evaluation {
  /** When the query is asked. */
  readonly moment: string
  readonly wanted: () => readonly Row[]
  readonly given: () => readonly Row[]
}

/** Claims that what is given is what is wanted, at all moments. */
export function claimResults<Query>(
  title: string,
  query: Query,
  evaluations: readonly Evaluation[],
  claim: Claim,
  { expected, mistakes, look, ...comparison }: Judgement<Query>,
): void {
  for (const { moment, wanted, given } of evaluations) {
    const answer = rowsOrError(given)
    const difference = 'rows' in answer ? compareRows(wanted(), answer.rows, comparison) : undefined
    const error = 'error' in answer ? answer.error : undefined
    if (difference === undefined && error === undefined) continue
    const mistake = mistakes.find(({ isIn }) => isIn({ query, difference, error }))
    claim(title, false, {
      expected,
      seen: error ?? `at ${moment} ${difference?.seen}`,
      look: mistake?.look ?? look,
      table: difference?.table,
    })
  }
  claim(title, true, { expected, seen: expected, look })
}

/** The result, or the message of what kept the query from having one, such as a limit. */
export function rowsOrError(evaluate: () => readonly Row[]): { rows: readonly Row[] } | { error: string } {
  try {
    return { rows: evaluate() }
  } catch (error) {
    const isAboutQuery = [ExecutionError, InvalidQuery, QueryTimeout].some((type) => error instanceof type)
    if (!isAboutQuery) throw error
    return { error: (error as Error).message }
  }
}
