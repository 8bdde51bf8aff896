import { type Attributes, type HrTime, ValueType } from '@opentelemetry/api'
import { millisToHrTime } from '@opentelemetry/core'
import type { Resource } from '@opentelemetry/resources'
import {
  AggregationTemporality,
  type CollectionResult,
  type DataPoint,
  DataPointType,
  type Histogram,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics'
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_URL_SCHEME,
  METRIC_HTTP_SERVER_REQUEST_DURATION,
} from '@opentelemetry/semantic-conventions'
import type { Histogram as PromHistogram } from 'prom-client'
import { INSTRUMENTATION_VERSION } from '../4-tracing/instrumentation.ts'
import { APP_NAME } from '../app-name.ts'

/**
 * Converts prom-client's histogram of request durations, in seconds, to OpenTelemetry's metric. A producer supplies
 * metrics that were measured elsewhere, so a request need not be measured twice.
 *
 * https://opentelemetry.io/docs/specs/otel/metrics/sdk/#metricproducer
 */
export function requestDurations(resource: Resource, histogram: PromHistogram, scheme: string): MetricProducer {
  const startTime = millisToHrTime(Date.now())
  return {
    async collect(): Promise<CollectionResult> {
      const metric = {
        descriptor: {
          name: METRIC_HTTP_SERVER_REQUEST_DURATION,
          description: 'Duration of HTTP server requests.',
          unit: 's',
          valueType: ValueType.DOUBLE,
        },
        aggregationTemporality: AggregationTemporality.CUMULATIVE,
        dataPointType: DataPointType.HISTOGRAM as const,
        dataPoints: await dataPoints(histogram, scheme, startTime),
      }
      const scopeMetrics = [{ scope: { name: APP_NAME, version: INSTRUMENTATION_VERSION }, metrics: [metric] }]
      return { resourceMetrics: { resource, scopeMetrics }, errors: [] }
    },
  }
}

async function dataPoints(
  histogram: PromHistogram,
  scheme: string,
  startTime: HrTime,
): Promise<DataPoint<Histogram>[]> {
  const endTime = millisToHrTime(Date.now())
  const points: DataPoint<Histogram>[] = []
  let buckets: { le: string | number | undefined; upTo: number }[] = []
  let sum = 0
  // Each series consists of its buckets in ascending order, its sum and its count.
  for (const { metricName = '', value, labels } of (await histogram.get()).values) {
    if (metricName.endsWith('_bucket')) buckets.push({ le: labels.le, upTo: value })
    else if (metricName.endsWith('_sum')) sum = value
    else {
      const attributes = {
        [ATTR_HTTP_REQUEST_METHOD]: labels.method,
        [ATTR_URL_SCHEME]: scheme,
        ...(labels.route === 'unmatched' ? {} : { [ATTR_HTTP_ROUTE]: labels.route }),
        ...outcomeOf(Number(labels.status)),
      }
      points.push({ startTime, endTime, attributes, value: { sum, count: value, buckets: asCounts(buckets) } })
      buckets = []
    }
  }
  return points
}

/** 499 stands for a connection that closed before an answer began. OpenTelemetry records only statuses that were sent. */
function outcomeOf(status: number): Attributes {
  if (status === 499) return { [ATTR_ERROR_TYPE]: 'connection_closed' }
  return {
    ...(status >= 500 ? { [ATTR_ERROR_TYPE]: String(status) } : {}),
    [ATTR_HTTP_RESPONSE_STATUS_CODE]: String(status),
  }
}

/** Converts buckets: prom-client's are cumulative, OpenTelemetry's are not. */
function asCounts(buckets: readonly { le: string | number | undefined; upTo: number }[]): Histogram['buckets'] {
  return {
    boundaries: buckets.slice(0, -1).map(({ le }) => Number(le)),
    counts: buckets.map(({ upTo }, i) => upTo - (buckets[i - 1]?.upTo ?? 0)),
  }
}
