import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard'
import type { Panel } from './panels.ts'
import type { Variable } from './variables.ts'

export interface DashboardOptions {
  /** Also the name of its file: `service-overview`. */
  readonly uid: string
  readonly title: string
  readonly description: string
  readonly variables: readonly Variable[]
  /** Start of the time range: `now-30m`. */
  readonly from?: string
  readonly rows: readonly Row[]
}

export interface Row {
  readonly title: string
  /** From left to right; a new line begins after 24 columns. */
  readonly panels: readonly Panel[]
}

/** All dashboards have this tag, so that each can link to the others. */
const TAG = 'course-app'

const linkToOthers = {
  build() {
    const link = new dashboard.DashboardLinkBuilder('Dashboards')
      .type(dashboard.DashboardLinkType.Dashboards)
      .tags([TAG])
      .asDropdown(true)
      .keepTime(true)
      .build()
    delete link.placement // the builder hides it in a menu
    return link
  },
}

export function dashboardOf(options: DashboardOptions): dashboard.Dashboard {
  const { uid, title, description, variables, from = 'now-30m', rows } = options
  const builder = new dashboard.DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags([TAG])
    .time({ from, to: 'now' })
    .refresh('10s')
    .tooltip(dashboard.DashboardCursorSync.Crosshair)
    .variables([...variables])
    .link(linkToOthers)
  for (const row of rows) {
    builder.withRow(new dashboard.RowBuilder(row.title))
    for (const panel of row.panels) builder.withPanel(panel)
  }
  return withIds(builder.build())
}

/** Grafana identifies panels by number, and the queries of a panel by letter. */
function withIds(built: dashboard.Dashboard): dashboard.Dashboard {
  built.panels?.forEach((panel, index) => {
    panel.id = index + 1
    if (!('targets' in panel)) return
    panel.targets?.forEach((target, place) => {
      Object.assign(target, { refId: String.fromCharCode('A'.charCodeAt(0) + place) })
    })
  })
  return built
}
