/** A dashboard as Grafana reads it, with what the exercises look at. */
export interface DashboardJson {
  readonly rows: readonly RowJson[]
  /** Names of its variables, and what each stands for when all values are selected. */
  readonly variables: ReadonlyMap<string, string>
}

export interface RowJson {
  /** Empty for panels above the first row. */
  readonly title: string
  readonly panels: readonly PanelJson[]
}

export interface PanelJson {
  readonly title: string
  readonly description: string
  /** Empty when it has none. */
  readonly unit: string
  /** Values at which its colour changes. */
  readonly thresholds: readonly number[]
  /** The `uid` of its data source, or of those of its queries. */
  readonly dataSources: readonly string[]
  readonly queries: readonly QueryJson[]
}

export interface QueryJson {
  readonly expr: string
  readonly legend: string
}

interface RawPanel {
  readonly type?: string
  readonly title?: string
  readonly description?: string
  readonly panels?: readonly RawPanel[]
  readonly datasource?: RawSource
  readonly fieldConfig?: {
    readonly defaults?: {
      readonly unit?: string
      readonly thresholds?: { readonly steps?: readonly { readonly value: number | null }[] }
    }
  }
  readonly targets?: readonly {
    readonly expr?: string
    readonly legendFormat?: string
    readonly datasource?: RawSource
  }[]
}

type RawSource = { readonly type?: string; readonly uid?: string } | undefined

interface RawDashboard {
  readonly panels?: readonly RawPanel[]
  readonly templating?: { readonly list?: readonly { readonly name: string; readonly allValue?: string }[] }
}

/** @returns undefined for what is no dashboard */
export function readDashboard(built: unknown): DashboardJson | undefined {
  if (typeof built !== 'object' || built === null) return undefined
  const { panels, templating } = JSON.parse(JSON.stringify(built)) as RawDashboard
  if (!Array.isArray(panels)) return undefined
  const rows: { title: string; panels: PanelJson[] }[] = []
  for (const panel of panels as readonly RawPanel[]) {
    if (panel.type === 'row') rows.push({ title: panel.title ?? '', panels: (panel.panels ?? []).map(toPanel) })
    else {
      if (rows.length === 0) rows.push({ title: '', panels: [] })
      rows.at(-1)?.panels.push(toPanel(panel))
    }
  }
  return { rows, variables: new Map((templating?.list ?? []).map(({ name, allValue = '.*' }) => [name, allValue])) }
}

/** The panels of all rows. */
export function panelsOf({ rows }: DashboardJson): PanelJson[] {
  return rows.flatMap(({ panels }) => panels)
}

function toPanel({ title = '', description = '', datasource, fieldConfig, targets = [] }: RawPanel): PanelJson {
  const { unit = '', thresholds } = fieldConfig?.defaults ?? {}
  return {
    title,
    description,
    unit,
    thresholds: (thresholds?.steps ?? []).flatMap(({ value }) => (value === null ? [] : [value])),
    dataSources: [datasource, ...targets.map((target) => target.datasource)].flatMap((source) => source?.uid ?? []),
    queries: targets
      .filter(({ expr }) => expr !== undefined)
      .map(({ expr = '', legendFormat = '' }) => ({ expr, legend: legendFormat })),
  }
}
