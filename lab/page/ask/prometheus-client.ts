import { HTTPPrometheusClient } from '@prometheus-io/codemirror-promql/dist/esm/client/prometheus'

/**
 * What completion and hover ask the server. The package's cache is left out: new series appear at any moment, and the
 * server is near.
 */
export const prometheusClient = new HTTPPrometheusClient({ url: '/lab/prometheus', httpMethod: 'GET' })

/** TYPE and HELP of a metric. */
export interface MetricMetadata {
  readonly type: string
  readonly help: string
}

/** What is known of a metric. The suffixes of its series may be no part of the family's name. */
export async function metadataOf(metric: string): Promise<MetricMetadata | undefined> {
  const all: Readonly<Record<string, readonly MetricMetadata[]>> = await prometheusClient.metricMetadata()
  const family = metric.replace(/_(?:bucket|sum|count|total)$/, '')
  return (all[metric] ?? all[family])?.[0]
}
