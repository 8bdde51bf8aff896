/** Samples for comparisons with a real Prometheus: an hour of a small service, with all that happens to series. */

/** The first moment, in milliseconds. */
export const START = 1_700_000_000_000
export const MINUTES = 60
const INTERVAL = 10_000

/** Numbers from 0 to 1 that are the same in each run: https://en.wikipedia.org/wiki/Linear_congruential_generator */
export function pseudoRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

export interface Family {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  /** The series, as lines begin. */
  readonly series: readonly Series[]
}

export interface Series {
  readonly key: string
  readonly values: (step: number, time: number) => number | undefined
}

/** OpenMetrics text. No two series are sampled at the same time. */
export function sampleText(families: readonly Family[]): string {
  const random = pseudoRandom(7)
  const lines = families.flatMap(({ name, type, series }) => [
    `# TYPE ${name} ${type}`,
    ...series.flatMap(({ key, values }) => {
      const phase = Math.floor(random() * INTERVAL)
      return Array.from({ length: (MINUTES * 60_000) / INTERVAL }, (_, step) => {
        const time = jittered(START + step * INTERVAL + phase + Math.floor(random() * 2000))
        const value = values(step, time)
        return value === undefined ? [] : [`${key} ${written(value)} ${(time / 1000).toFixed(3)}`]
      }).flat()
    }),
  ])
  return [...lines, '# EOF', ''].join('\n')
}

/** Never a multiple of 50 ms, so that no sample is exactly at the edge of a range that a query asks for. */
function jittered(time: number): number {
  return time % 50 === 0 ? time + 17 : time
}

function written(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  return String(value)
}

function labels(pairs: Readonly<Record<string, string>>): string {
  return `{${Object.entries(pairs)
    .map(([name, value]) => `${name}="${value}"`)
    .join(',')}}`
}

/** Rises by a random amount, and starts again from 0 now and then. It begins high, and late. */
function counter(seed: number, first: number, resetEvery = 0): Series['values'] {
  const random = pseudoRandom(seed)
  let value = 5000 + Math.floor(random() * 1000)
  return (step) => {
    value += Math.floor(random() * 12)
    if (resetEvery > 0 && step > first && step % resetEvery === 0) value = Math.floor(random() * 5)
    return step < first ? undefined : value
  }
}

function httpRequests(): Family {
  const series: Series[] = []
  let seed = 1
  for (const instance of ['a:80', 'b:80', 'c:81'])
    for (const method of ['GET', 'POST'])
      for (const code of ['200', '404', '500']) {
        const job = instance === 'c:81' ? 'worker' : 'api'
        const values = counter(seed, seed % 5 === 0 ? 60 : 0, seed % 3 === 0 ? 70 : 0)
        series.push({ key: `http_requests_total${labels({ job, instance, method, code })}`, values })
        seed++
      }
  return { name: 'http_requests', type: 'counter', series }
}

function memory(): Family {
  return {
    name: 'memory_bytes',
    type: 'gauge',
    series: ['a:80', 'b:80', 'c:81', 'd:81'].map((instance, i) => {
      const random = pseudoRandom(100 + i)
      const job = instance.endsWith('81') ? 'worker' : 'api'
      // The second is gone for longer than the look-back, the fourth for good.
      const isMissing = (step: number) => (i === 1 && step > 150 && step < 220) || (i === 3 && step > 240)
      return {
        key: `memory_bytes${labels({ job, instance })}`,
        values: (step) => {
          const value = 1e8 * (i + 1) + Math.floor(random() * 1e7)
          return isMissing(step) ? undefined : value
        },
      }
    }),
  }
}

function temperatures(): Family {
  return {
    name: 'temperature_celsius',
    type: 'gauge',
    series: ['attic', 'cellar', 'kitchen', 'office', 'shed'].map((room, i) => {
      const random = pseudoRandom(200 + i)
      return {
        key: `temperature_celsius${labels({ room, floor: String(i % 3) })}`,
        values: (step) => {
          const value = Math.round((20 * Math.sin(step / 30 + i) + i + random() * 3) * 100) / 100
          if (room === 'office' && step % 50 === 7) return Number.NaN
          if (room === 'shed' && step % 90 === 11)
            return step % 180 === 11 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY
          return value
        },
      }
    }),
  }
}

function latencies(): Family {
  const bounds = ['0.05', '0.1', '0.25', '0.5', '1', '2.5', '+Inf']
  const series = ['a:80', 'b:80', 'c:81'].flatMap((instance, i) => {
    const job = instance === 'c:81' ? 'worker' : 'api'
    const random = pseudoRandom(300 + i)
    const counts = Array.from({ length: 400 }, () => bounds.map(() => Math.floor(random() * 4)))
    const upTo = (step: number, bound: number): number =>
      3000 * (bound + 1) + counts.slice(0, step + 1).reduce((sum, row) => sum + total(row.slice(0, bound + 1)), 0)
    return [
      ...bounds.map((le, bound) => ({
        key: `latency_seconds_bucket${labels({ job, instance, le })}`,
        values: (step: number) => upTo(step, bound),
      })),
      { key: `latency_seconds_count${labels({ job, instance })}`, values: (step: number) => upTo(step, 6) },
      { key: `latency_seconds_sum${labels({ job, instance })}`, values: (step: number) => upTo(step, 6) * 0.37 },
    ]
  })
  return { name: 'latency_seconds', type: 'histogram', series }
}

function ups(): Family {
  return {
    name: 'up',
    type: 'gauge',
    series: ['a:80', 'b:80', 'c:81', 'd:81'].map((instance, i) => ({
      key: `up${labels({ job: instance.endsWith('81') ? 'worker' : 'api', instance })}`,
      values: (step) => (i > 1 && step % (40 + i) < 5 ? 0 : 1),
    })),
  }
}

function builds(): Family {
  return {
    name: 'build_info',
    type: 'gauge',
    series: ['a:80', 'b:80', 'c:81', 'd:81'].map((instance, i) => ({
      key: `build_info${labels({ job: instance.endsWith('81') ? 'worker' : 'api', instance, version: `1.${i % 2}` })}`,
      values: () => 1,
    })),
  }
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0)
}

export const families: readonly Family[] = [httpRequests(), memory(), temperatures(), latencies(), ups(), builds()]
