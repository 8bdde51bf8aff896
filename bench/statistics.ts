/**
 * The middle value, or the mean of the two middle values.
 *
 * @returns NaN when there are no values.
 */
export function median(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN
  const sorted = [...values].sort((a, b) => a - b)
  const upper = sorted.length >> 1
  const lower = (sorted.length - 1) >> 1
  return ((sorted[lower] as number) + (sorted[upper] as number)) / 2
}

export interface RoundValue {
  readonly round: number
  readonly value: number
}

/**
 * Compares `values` to `base`: the median of the ratios of each round. A temporarily slow machine slows both sides of
 * a round, so the ratio stays stable when the values do not.
 *
 * @returns undefined when the two have no round in common.
 */
export function medianRatio(values: readonly RoundValue[], base: readonly RoundValue[]): number | undefined {
  const baseOfRound = new Map(base.map(({ round, value }) => [round, value]))
  const ratios = values.flatMap(({ round, value }) => {
    const divisor = baseOfRound.get(round)
    return divisor === undefined || divisor === 0 ? [] : [value / divisor]
  })
  return ratios.length === 0 ? undefined : median(ratios)
}

/** A copy in random order, each order equally likely (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], random: () => number = Math.random): T[] {
  const copy = [...items]
  for (let last = copy.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    const item = copy[last] as T
    copy[last] = copy[other] as T
    copy[other] = item
  }
  return copy
}
