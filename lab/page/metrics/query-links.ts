/** A link to a graph of a query in Prometheus, over the last 15 minutes. */
export function prometheusPath(promql: string): string {
  return `/graph?${new URLSearchParams({ 'g0.expr': promql, 'g0.tab': '0', 'g0.range_input': '15m' })}`
}

/** A link to Grafana's Explore. The data sources have their names from grafana/provisioning. */
export function grafanaPath(query: string, source: 'prometheus' | 'loki' = 'prometheus'): string {
  const datasource = { type: source, uid: source }
  const lab = {
    datasource: datasource.uid,
    queries: [{ refId: 'A', expr: query, datasource }],
    range: { from: 'now-15m', to: 'now' },
  }
  return `/explore?${new URLSearchParams({ schemaVersion: '1', panes: JSON.stringify({ lab }) })}`
}
