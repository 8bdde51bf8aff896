/**
 * Where Debian's Prometheus, 2.42, differs from Prometheus 3, which is what the engine follows. Everything else must
 * be the same. The samples and the generated queries keep clear of the rest of what has changed:
 *
 * - Ranges and the look-back are open at their beginning; in 2.42 they were closed. No sample is that exactly in time.
 * - `rate` extends a young counter to zero in another way. No counter in the samples is young.
 * - `.` in a regular expression matches a newline. No label in the samples has one.
 */
import type { ApiAnswer } from './real-prometheus.ts'

interface KnownDifference {
  readonly what: string
  readonly applies: (query: string, real: ApiAnswer, own: ApiAnswer) => boolean
}

const DIFFERENCES: readonly KnownDifference[] = [
  {
    what: 'a comparison that does not hold counts as a match too, so that a second match is an error',
    applies: (query, real, own) =>
      real.status === 'success' &&
      own.error?.startsWith('multiple matches for labels: ') === true &&
      /(?:==|!=|<=|>=|<|>)(?! bool)/.test(query),
  },
  {
    what: 'series that have the same labels only once their name is gone, but never at the same time, become one',
    applies: (_query, real, own) => own.status === 'success' && isSameLabels(real),
  },
]

function isSameLabels({ error }: ApiAnswer): boolean {
  return error === 'vector cannot contain metrics with the same labelset'
}

/** Why these two may differ; undefined when they must not. */
export function knownDifference(query: string, real: ApiAnswer, own: ApiAnswer): string | undefined {
  return DIFFERENCES.find(({ applies }) => applies(query, real, own))?.what
}
