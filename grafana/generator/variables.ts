import type { Builder } from '@grafana/grafana-foundation-sdk/cog'
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard'
import { PROMETHEUS } from './panels.ts'
import { OF_USERS } from './promql.ts'

export type Variable = Builder<dashboard.VariableModel>

/** Selects services. "All" excludes the jobs of Prometheus and Grafana. */
export const job = labelOf('job', 'Service', 'http_server_request_count_total', 'course-app|gateway|course|partner')

export const instance = labelOf('instance', 'Instance', 'nodejs_version_info{job=~"$job"}')

export const route = labelOf('route', 'Route', `http_server_request_count_total{job=~"$job", ${OF_USERS}}`)

/** A multiple choice among the values of a label, with "All". */
function labelOf(name: string, label: string, series: string, all = '.*'): Variable {
  return new dashboard.QueryVariableBuilder(name)
    .label(label)
    .datasource(PROMETHEUS)
    .query({ qryType: 1, query: `label_values(${series}, ${name})`, refId: name })
    .definition(`label_values(${series}, ${name})`)
    .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
    .sort(dashboard.VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue(all)
    .current({ selected: true, text: ['All'], value: ['$__all'] })
}
