import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

export const root = fileURLToPath(new URL('../../../', import.meta.url))
export const read = (file: string) => readFileSync(join(root, file), 'utf8')

export const RULES = 'docker/prometheus'

/** A recording rule, or an alerting rule. */
export interface Rule {
  readonly record?: string
  readonly alert?: string
  readonly expr: string
  readonly for?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[]
}

/** The files of a folder with this extension, as paths from the root, sorted by name. */
export function filesIn(folder: string, ending: string): string[] {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => join(folder, name))
}

export const ruleFiles = filesIn(RULES, '.rules.yml')

/** All rules of the repository. */
export const rules = ruleFiles.flatMap((file) => (parse(read(file)) as RuleFile).groups.flatMap((group) => group.rules))

/** The parts of a dashboard that tests check. */
export interface Dashboard {
  readonly uid: string
  readonly title: string
  readonly description: string
  readonly panels: readonly Panel[]
  readonly templating: { readonly list: readonly Variable[] }
}

export interface Panel {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly description?: string
  readonly datasource?: { readonly uid: string }
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly targets?: readonly Target[]
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } }
}

export interface Target {
  readonly refId: string
  readonly expr?: string
  readonly legendFormat?: string
  readonly exemplar?: boolean
}

interface Variable {
  readonly type: string
  readonly name: string
  readonly definition?: string
  readonly allValue?: string
}

export const DASHBOARDS = 'grafana/dashboards'
export const dashboards = filesIn(DASHBOARDS, '.json').map((file) => JSON.parse(read(file)) as Dashboard)

/** A panel's Prometheus query, with dashboard and panel. */
export interface PanelQuery extends Target {
  readonly where: string
  readonly expr: string
}

/** All Prometheus queries of all panels, with variables set to "All" and `range` for Grafana's intervals. */
export function prometheusQueries(range: string): PanelQuery[] {
  return dashboards.flatMap((dashboard) =>
    dashboard.panels
      .filter(({ datasource }) => datasource?.uid === 'prometheus')
      .flatMap(({ title, targets = [] }) =>
        targets.map((target) => ({
          ...target,
          where: `${dashboard.title} > ${title} > ${target.refId}`,
          expr: withVariables(dashboard, target.expr ?? '', range),
        })),
      ),
  )
}

/** The series and the label of a variable. */
export function variableQueries(range: string): { where: string; series: string; label: string }[] {
  return dashboards.flatMap((dashboard) =>
    dashboard.templating.list.flatMap(({ name, definition }) => {
      const [, series, label] = /^label_values\((.*), (\w+)\)$/.exec(definition ?? '') ?? []
      if (series === undefined || label === undefined) return []
      return [{ where: `${dashboard.title} > $${name}`, series: withVariables(dashboard, series, range), label }]
    }),
  )
}

function withVariables(dashboard: Dashboard, text: string, range: string): string {
  const filled = text.replaceAll('$__rate_interval', range).replaceAll('$__range', range)
  return dashboard.templating.list.reduce(
    (so_far, { name, allValue }) => (allValue === undefined ? so_far : so_far.replaceAll(`$${name}`, allValue)),
    filled,
  )
}
