import { defineExercise } from '../exercise.ts'
import { samplesOf } from '../samples.ts'
import { servePhase } from '../served-phase.ts'

type Module = typeof import('../../../phases/3-metrics/solutions/3.2-buckets-that-fit.ts')

/** In seconds. */
const PROMISE = 0.3
const SLOWEST = 2
const MAX_ERROR = 0.1
const MAX_BUCKETS = 15

/** In seconds. The typical duration differs from day to day. */
const DAYS = [0.12, 0.14, 0.16, 0.18, 0.2, 0.22, 0.24, 0.26, 0.28].flatMap((median) =>
  [0.32, 0.36, 0.4].map((busy) => dayOf(median, busy)),
)

export default defineExercise<Module>({
  hints: [
    'A histogram only knows in which bucket a value fell. What happens within a bucket is guessed: a straight line.',
    'For an exact answer about 300 ms there must be a bucket that ends at 0.3.',
    'Put the buckets close together where the values are, 80 to 400 ms, wider apart above, and the last one at 2.',
  ],
  async check({ checkoutMetrics }, claim) {
    const server = await servePhase(3, { plugin: checkoutMetrics })
    for (const duration of DAYS.flat()) server.app.checkoutDuration.observe(duration)
    const samples = samplesOf(await server.scrape(), 'checkout_duration_seconds_bucket')
    const bounds = samples.map(({ labels: { le } }) => Number(le)).filter(Number.isFinite)

    claim('whether the promise is kept can be read exactly', bounds.includes(PROMISE), {
      expected: 'a bucket whose count, divided by the count of all, is the share of checkouts within the promised time',
      seen: `buckets that end at ${bounds.join(', ')}`,
      look: 'the promise, and in which unit buckets are',
    })
    for (const [title, share] of [
      ['the median is about right', 0.5],
      ['the 95th percentile is about right', 0.95],
    ] as const) {
      const worst = DAYS.map((day) => estimate(share, day, bounds)).sort((a, b) => Math.abs(b.off) - Math.abs(a.off))[0]
      const { off = 0, from = 0, upTo = 0 } = worst ?? {}
      claim(title, Math.abs(off) <= MAX_ERROR, {
        expected: `histogram_quantile(${share}, …) at most 10 % off, on each of ${DAYS.length} days with different customers`,
        seen: `${Math.abs(off * 100).toFixed()} % too ${off > 0 ? 'high' : 'low'} on a day on which it fell ${upTo === Infinity ? `beyond the last bucket, which ends at ${from}` : `into the bucket from ${from} to ${upTo}`}`,
        look: 'how wide that bucket is: the wider, the more is guessed',
      })
    }
    const last = Math.max(...bounds)
    claim('how long the slowest took can be told', last >= SLOWEST && last <= 1.5 * SLOWEST, {
      expected: 'a last bucket that holds the slowest checkouts, and ends not far above them',
      seen: `the last one ends at ${last}`,
      look: 'how long the slowest checkouts take',
    })
    claim('and it is not more expensive than it must be', bounds.length <= MAX_BUCKETS, {
      expected: `at most ${MAX_BUCKETS} buckets`,
      seen: `${bounds.length}`,
      look: 'where values are rare: wide buckets will do there',
    })
  },
})

/**
 * The durations of a thousand checkouts, sorted: most are close to the median, and a few take up to two seconds.
 *
 * @param busy the 95th percentile
 */
function dayOf(median: number, busy: number): number[] {
  const [low, high] = [median - 0.02, median + 0.02]
  return Array.from({ length: 1000 }, (_, i) => {
    const share = (i + 0.5) / 1000
    if (share < 0.2) return 0.08 + (low - 0.08) * (share / 0.2)
    if (share < 0.8) return low + (high - low) * ((share - 0.2) / 0.6)
    if (share < 0.95) return high + (busy - high) * ((share - 0.8) / 0.15)
    return busy + 0.2 * (share - 0.95) + (1.98 - busy) * ((share - 0.95) / 0.05) ** 3
  })
}

/** The relative error of an estimated quantile, and the bucket it falls into. */
function estimate(share: number, day: readonly number[], bounds: readonly number[]) {
  const counts = bounds.map((bound) => ({ upTo: bound, count: day.filter((duration) => duration <= bound).length }))
  const { from, upTo, value } = quantile(share, [...counts, { upTo: Infinity, count: day.length }])
  const real = day[share * day.length - 1] as number
  return { from, upTo, off: (value - real) / real }
}

interface Bucket {
  readonly upTo: number
  /** Cumulative count. */
  readonly count: number
}

/**
 * As Prometheus computes it: linear interpolation within the bucket, and the last bound for values above it.
 *
 * https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile
 */
function quantile(share: number, buckets: readonly Bucket[]): { from: number; upTo: number; value: number } {
  const rank = share * (buckets.at(-1)?.count ?? 0)
  const found = buckets.findIndex(({ count }) => count >= rank)
  const { upTo: from, count: before } = buckets[found - 1] ?? { upTo: 0, count: 0 }
  const { upTo, count } = buckets[found] ?? { upTo: Infinity, count: rank }
  const value = upTo === Infinity ? from : from + ((upTo - from) * (rank - before)) / (count - before)
  return { from, upTo, value }
}
