import type { MovedSeries } from '../../wire.ts'

/** The series of one metric with the same labels: those of a histogram belong together. */
export interface MovedFamily {
  /** As `/metrics` has it in its `# TYPE` line, but counters with `_total`. */
  readonly name: string
  /** Without `le`, which tells the buckets of a histogram apart. */
  readonly labels: Readonly<Record<string, string>>
  readonly rows: readonly MovedRow[]
}

export interface MovedRow {
  /** `bucket le="1"`, `sum`, `count`; `value` for a series that is its whole family. */
  readonly part: string
  readonly series: MovedSeries
}

export function movedFamilies(series: readonly MovedSeries[]): MovedFamily[] {
  const families = new Map<string, MovedFamily & { rows: MovedRow[] }>()
  for (const one of series) {
    const { le, ...labels } = one.labels
    const [name = one.name, part = 'value'] =
      one.type === 'histogram' ? one.name.split(/_(?=bucket$|sum$|count$)/) : [one.name]
    const key = name + JSON.stringify(labels)
    const family = families.get(key) ?? { name, labels, rows: [] }
    family.rows.push({ part: le === undefined ? part : `${part} le="${le}"`, series: one })
    families.set(key, family)
  }
  return [...families.values()]
}
