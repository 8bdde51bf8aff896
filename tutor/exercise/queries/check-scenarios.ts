import type { Claim } from '../exercise.ts'
import type { Difference } from './difference.ts'
import type { Mistake } from './mistake.ts'
import { isAboutQuery } from './query-errors.ts'

/** What a query's results have to be. */
export interface Judgement<Query> {
  /** In words. */
  readonly expected: string
  /** The first that is in the query and in what it gave is named. */
  readonly mistakes: readonly Mistake<Query>[]
  /** What to look at when none of the mistakes is found. */
  readonly look: string
}

/** A query over data, at one moment. */
export interface Evaluation {
  readonly moment: string
  /** Undefined when the result is as expected. */
  readonly differ: () => Difference | undefined
}

/** The claim about the data that `--data` writes. */
export const SHOWN = 'the result is right over the data that you can look at'

/** Claims that the results are right at all moments. */
export function claimResults<Query>(
  title: string,
  query: Query,
  evaluations: readonly Evaluation[],
  claim: Claim,
  { expected, mistakes, look }: Judgement<Query>,
): void {
  for (const { moment, differ } of evaluations) {
    const outcome = resultOf(differ)
    if ('result' in outcome && outcome.result === undefined) continue
    const difference = 'result' in outcome ? outcome.result : undefined
    const error = 'error' in outcome ? outcome.error : undefined
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
export function resultOf<T>(evaluate: () => T): { readonly result: T } | { readonly error: string } {
  try {
    return { result: evaluate() }
  } catch (error) {
    if (!isAboutQuery(error)) throw error
    return { error: error.message }
  }
}
