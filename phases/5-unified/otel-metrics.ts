import { metrics, type ObservableResult } from '@opentelemetry/api'
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import {
  ATTR_DB_COLLECTION_NAME,
  ATTR_DB_NAMESPACE,
  ATTR_DB_OPERATION_NAME,
  ATTR_DB_RESPONSE_STATUS_CODE,
  ATTR_DB_SYSTEM_NAME,
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_URL_SCHEME,
  METRIC_DB_CLIENT_OPERATION_DURATION,
} from '@opentelemetry/semantic-conventions'
import type { FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import type { Histogram } from 'prom-client'
import { onEnd } from '../1-logging/on-end.ts'
import type {} from '../1-logging/request-end.ts'
import { knownMethod } from '../3-metrics/known-method.ts'
import { METRICS_TEXT } from '../3-metrics/metrics-endpoint.ts'
import type {} from '../4-tracing/client-spans.ts'
import { INSTRUMENTATION_VERSION } from '../4-tracing/instrumentation.ts'
import { isSdkDisabled } from '../4-tracing/otel-variables.ts'
import { OWN } from '../4-tracing/own-attributes.ts'
import { errorType } from '../4-tracing/record-error.ts'
import { resourceOf } from '../4-tracing/resource.ts'
import { takeTurns } from '../4-tracing/take-turns.ts'
import { channels } from '../announcements.ts'
import { APP_NAME } from '../app-name.ts'
import type { PhaseOptions } from '../phase.ts'
import { requestDurations } from './request-durations.ts'

const register = takeTurns(() => metrics.disable())

/**
 * Metrics with OpenTelemetry's API and names, in Prometheus' format at `/metrics/otel`.
 * Code that measures this way can send its metrics to any backend, like its traces.
 *
 * https://opentelemetry.io/docs/specs/semconv/http/http-metrics/
 */
export const otelMetrics = fastifyPlugin<PhaseOptions>(
  async (app, { config }) => {
    if (isSdkDisabled() || process.env.OTEL_METRICS_EXPORTER === 'none') return
    const resource = resourceOf(config)
    const durations = app.registry.getSingleMetric('http_server_request_duration_seconds') as Histogram
    const scheme = 'setSecureContext' in app.server ? 'https' : 'http'
    const exporter = new PrometheusExporter({
      preventServerStart: true,
      metricProducers: [requestDurations(resource, durations, scheme)],
    })
    const provider = new MeterProvider({ resource, readers: [exporter] })
    app.decorate('meterProvider', provider)
    register(app, () => metrics.setGlobalMeterProvider(provider))
    app.addHook('onClose', () => provider.shutdown())

    const meter = provider.getMeter(APP_NAME, INSTRUMENTATION_VERSION)
    const queryDuration = meter.createHistogram(METRIC_DB_CLIENT_OPERATION_DURATION, {
      description: 'Duration of database client operations.',
      unit: 's',
      advice: { explicitBucketBoundaries: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10] },
    })

    const connectionWait = meter.createHistogram('db.client.connection.wait_time', {
      description: 'The time it took to obtain an open connection from the pool.',
      unit: 's',
      advice: { explicitBucketBoundaries: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10] },
    })
    // Metrics that no convention defines begin with the name of the application.
    const shareWait = meter.createHistogram(`${OWN}.db.shared_statement.wait_time`, {
      description: 'The time until a caller had its turn in a statement that callers share.',
      unit: 's',
      advice: { explicitBucketBoundaries: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10] },
    })

    // An observable instrument is read only when metrics are collected.
    const active = new Map<string, number>()
    meter
      .createObservableUpDownCounter('http.server.active_requests', {
        description: 'Number of active HTTP server requests.',
        unit: '{request}',
      })
      .addCallback((result: ObservableResult) => {
        for (const [method, count] of active)
          result.observe(count, { [ATTR_HTTP_REQUEST_METHOD]: method, [ATTR_URL_SCHEME]: scheme })
      })
    const add = ({ method }: FastifyRequest, count: number) => {
      const known = knownMethod(method)
      active.set(known, (active.get(known) ?? 0) + count)
    }

    app.addHook('onRequest', (request, _reply, done) => {
      if (request.observed) add(request, 1)
      done()
    })
    app.onRequestEnd(({ request }) => add(request, -1))
    onEnd(
      app,
      channels.query,
      ({ operation, table, system, database: { namespace, server }, statusCode, error }, latency) => {
        queryDuration.record(latency / 1000, {
          [ATTR_DB_SYSTEM_NAME]: system,
          [ATTR_DB_NAMESPACE]: namespace,
          ...(server ? { [ATTR_SERVER_ADDRESS]: server.address, [ATTR_SERVER_PORT]: server.port } : {}),
          [ATTR_DB_OPERATION_NAME]: operation,
          ...(table ? { [ATTR_DB_COLLECTION_NAME]: table } : {}),
          ...(statusCode ? { [ATTR_DB_RESPONSE_STATUS_CODE]: statusCode } : {}),
          ...(error ? { [ATTR_ERROR_TYPE]: statusCode ?? errorType(error) } : {}),
        })
      },
    )
    onEnd(app, channels.connection, ({ system, error }, latency) => {
      if (!error) connectionWait.record(latency / 1000, { 'db.client.connection.pool.name': system })
    })
    onEnd(app, channels.share, ({ operation, table, system, waitMs }) => {
      if (waitMs === undefined) return
      shareWait.record(waitMs / 1000, {
        [ATTR_DB_SYSTEM_NAME]: system,
        [ATTR_DB_OPERATION_NAME]: operation,
        [ATTR_DB_COLLECTION_NAME]: table,
      })
    })

    const serializer = new PrometheusSerializer()
    app.get(
      '/metrics/otel',
      {
        config: { traced: false },
        schema: {
          operationId: 'metricsOtel',
          summary: 'OpenTelemetry metrics for Prometheus',
          description: "What OpenTelemetry's own instruments measured, through its Prometheus exporter.",
          tags: ['Operations'],
          response: { 200: METRICS_TEXT },
        },
      },
      async (_request, reply) => {
        const { resourceMetrics, errors } = await exporter.collect()
        for (const err of errors) app.log.warn({ err }, 'an OpenTelemetry metric cannot be read')
        return reply.type('text/plain; version=0.0.4; charset=utf-8').send(serializer.serialize(resourceMetrics))
      },
    )
  },
  { name: 'otel-metrics', dependencies: ['request-end', 'http-metrics'] },
)
