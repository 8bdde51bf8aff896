import { defineExercise } from '../exercise.ts'
import { type Sample, samplesOf } from '../samples.ts'
import { servePhase } from '../served-phase.ts'

type Module = typeof import('../../../phases/3-metrics/solutions/3.2-buckets-that-fit.ts')

const PROMISE = 0.3
const MOST_BUCKETS = 15

/** A thousand checkouts, in seconds: half of them below 0.16, 95 % below 0.36, the slowest takes 1.9. */
const DURATIONS = Array.from({ length: 1000 }, (_, i) => {
  const share = (i + 0.5) / 1000
  if (share < 0.5) return 0.08 + 0.16 * share
  if (share < 0.95) return 0.16 + (0.2 / 0.45) * (share - 0.5)
  return 0.36 + 1.54 * ((share - 0.95) / 0.05) ** 2
})

export default defineExercise<Module>({
  hints: [
    'A histogram only knows in which bucket a value fell. What happens within a bucket is guessed: a straight line.',
    'For an exact answer about 300 ms there must be a bucket that ends at 0.3.',
    'Put the buckets close together where the values are, 80 to 400 ms, wider apart above, and the last one at 2.',
  ],
  async check({ checkoutMetrics }, claim) {
    const server = await servePhase(3, { plugin: checkoutMetrics })
    for (const duration of DURATIONS) server.app.checkoutDuration.observe(duration)
    const buckets = bucketsOf(samplesOf(await server.scrape(), 'checkout_duration_seconds_bucket'))
    const bounds = buckets.map(({ upTo }) => upTo).filter(Number.isFinite)

    claim('whether the promise is kept can be read exactly', bounds.includes(PROMISE), {
      expected: `a bucket that ends at ${PROMISE}: its count divided by the count of all is the share within 300 ms`,
      seen: `buckets that end at ${bounds.join(', ')}`,
      look: 'the promise: 300 ms, which are 0.3 seconds',
    })
    for (const [title, share] of [
      ['the median is about right', 0.5],
      ['the 95th percentile is about right', 0.95],
    ] as const) {
      const real = DURATIONS[share * 1000 - 1] as number
      const estimated = quantile(share, buckets)
      claim(title, Math.abs(estimated - real) <= 0.1 * real, {
        expected: `${real.toFixed(3)} s, give or take 10 %, of a thousand checkouts whose durations are known`,
        seen: `${estimated.toFixed(3)} s, as histogram_quantile(${share}, …) would estimate it`,
        look: `the buckets around ${real.toFixed(2)}: the wider they are, the more is guessed`,
      })
    }
    const slowest = Math.max(...bounds)
    claim('how long the slowest took can be told', slowest >= 2 && slowest <= 5, {
      expected: 'a last bucket that ends at 2, or a little above',
      seen: `the last one ends at ${slowest}`,
      look: 'the slowest checkouts, which take up to two seconds',
    })
    claim('and it is not more expensive than it must be', bounds.length <= MOST_BUCKETS, {
      expected: `at most ${MOST_BUCKETS} buckets`,
      seen: `${bounds.length}`,
      look: 'where values are rare: wide buckets will do there',
    })
  },
})

interface Bucket {
  readonly upTo: number
  /** How many values are in it and in those before it. */
  readonly count: number
}

function bucketsOf(samples: readonly Sample[]): Bucket[] {
  return samples.map(({ labels: { le }, value }) => ({ upTo: le === '+Inf' ? Infinity : Number(le), count: value }))
}

/**
 * As Prometheus computes it: a straight line within the bucket, and the last bound for what is beyond.
 *
 * https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile
 */
function quantile(share: number, buckets: readonly Bucket[]): number {
  const rank = share * (buckets.at(-1)?.count ?? 0)
  const found = buckets.findIndex(({ count }) => count >= rank)
  const { upTo: from, count: before } = buckets[found - 1] ?? { upTo: 0, count: 0 }
  const { upTo, count } = buckets[found] ?? { upTo: Infinity, count: rank }
  return upTo === Infinity ? from : from + ((upTo - from) * (rank - before)) / (count - before)
}
