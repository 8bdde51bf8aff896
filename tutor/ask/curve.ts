import type { Point } from './answer.ts'
import { toNumber } from './sample-value.ts'

const BARS = '▁▂▃▄▅▆▇█'

/** Most characters of a curve. */
const WIDTH = 40

/**
 * A curve of one line, from the lowest value to the highest. Where several values share a character it shows the
 * highest; where there is none, a space.
 */
export function curve(points: readonly Point[], times: readonly number[]): string {
  const values = new Map(points.map(([time, value]) => [time, toNumber(value)]))
  const columns = Math.min(WIDTH, times.length)
  const highest = Array.from({ length: columns }, (_, column) => {
    const from = Math.floor((column * times.length) / columns)
    const to = Math.floor(((column + 1) * times.length) / columns)
    const found = times.slice(from, to).map((time) => values.get(time) ?? Number.NaN)
    return Math.max(Number.NEGATIVE_INFINITY, ...found.filter((value) => !Number.isNaN(value)))
  })
  const finite = highest.filter(Number.isFinite)
  const [low, high] = [Math.min(...finite), Math.max(...finite)]
  return highest
    .map((value) => barOf(value, low, high))
    .join('')
    .trimEnd()
}

function barOf(value: number, low: number, high: number): string {
  if (value === Number.NEGATIVE_INFINITY) return ' '
  if (value === Number.POSITIVE_INFINITY) return BARS.at(-1) as string
  return BARS[high === low ? 0 : Math.round(((value - low) / (high - low)) * (BARS.length - 1))] as string
}
