/**
 * Where Debian's Prometheus, 2.42, differs from Prometheus 3, which the engine follows. Everything else must be the
 * same. The samples and the generated queries avoid the other changes:
 *
 * - Ranges and the look-back are open on the left; in 2.42 they were closed. No sample lies exactly on such an edge.
 * - `rate` extrapolates a young counter to zero differently. No counter in the samples is young.
 * - `.` in a regular expression matches a newline. No label in the samples contains one.
 * - `stddev` and `stdvar` of a single NaN or infinite value are NaN; in 2.42 they were 0.
 * - `atan2` drops the metric name.
 * - `predict_linear` over a range with `@` has a value at every step.
 *
 * `count_values` writes all digits of a value into a label. Go and JavaScript may differ in the last digit of a power, an
 * exponential or an angle, so it is given none of them.
 *
 * Prometheus 3.14 gives the same results as the engine, and the same messages but for two. There, a remark on a subquery
 * has the position 1:1, and the number of samples in the remark on buckets that fall doubles with each step.
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
