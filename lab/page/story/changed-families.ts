import type { ChangedSeries } from '../../wire.ts'

/** The series of one metric with the same labels, such as all of a histogram. */
export interface ChangedFamily {
  /** As in the `# TYPE` line of `/metrics`, but counters with `_total`. */
  readonly name: string
  /** Without `le`. */
  readonly labels: Readonly<Record<string, string>>
  readonly rows: readonly ChangedRow[]
}

export interface ChangedRow {
  /** `bucket le="1"`, `sum`, `count`; `value` for a series that is its whole family. */
  readonly part: string
  readonly series: ChangedSeries
}

export function changedFamilies(series: readonly ChangedSeries[]): ChangedFamily[] {
  const families = new Map<string, ChangedFamily & { rows: ChangedRow[] }>()
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
