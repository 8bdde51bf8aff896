/**
 * Why averages lie: two services with the same average duration and very different percentiles.
 *
 * Run it after a build: node dist/phases/3-metrics/demos/averages.js
 */

/** All requests take 100 ms. */
const even = Array.from({ length: 1000 }, () => 100)
/** Most requests are fast, but three in a hundred take over two seconds. */
const uneven = Array.from({ length: 1000 }, (_, i) => (i % 100 < 3 ? 2363 : 30))

for (const [name, durations] of Object.entries({ even, uneven })) {
  const average = durations.reduce((sum, ms) => sum + ms, 0) / durations.length
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => percentile(durations, share))
  console.log(`${name.padEnd(6)}  average ${Math.round(average)} ms   p50 ${p50} ms   p95 ${p95} ms   p99 ${p99} ms`)
}

/** The duration that this share of all requests does not exceed, in milliseconds. */
function percentile(durations: readonly number[], share: number): number {
  const sorted = durations.toSorted((a, b) => a - b)
  return sorted[Math.ceil(share * sorted.length) - 1] as number
}
