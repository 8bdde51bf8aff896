import type { FastifyInstance } from 'fastify'
import type { Panel, PhaseSummary, State } from './wire.ts'

/** Descriptions of the phases for the page, with the phases' own titles. */
export const PHASES: readonly PhaseSummary[] = [
  {
    number: 1,
    title: 'Structured logging',
    adds: 'Log lines as JSON, with levels, on the console and in a file.',
    folder: 'phases/1-logging',
  },
  {
    number: 2,
    title: 'Request logging',
    adds: 'An id for each request, a line with its latency when it ends, and the id on every line that belongs to it.',
    folder: 'phases/2-request-logging',
  },
  {
    number: 3,
    title: 'Metrics with Prometheus',
    adds: 'Counters, gauges and histograms of requests, database, cache and bookings, at /metrics.',
    folder: 'phases/3-metrics',
  },
  {
    number: 4,
    title: 'Distributed tracing with OpenTelemetry and Jaeger',
    adds: 'Spans of a request and of what it does, connected across processes to one trace.',
    folder: 'phases/4-tracing',
  },
  {
    number: 5,
    title: 'Unified observability',
    adds: 'The trace id on log lines and, as exemplars, beside metrics: from any of the three to the others.',
    folder: 'phases/5-unified',
  },
]

/** The phase that adds each panel. */
export const PANEL_PHASE: Readonly<Record<Panel, number>> = {
  logs: 1,
  request_ids: 2,
  metrics: 3,
  traces: 4,
  exemplars: 5,
}

/** Detects the panels of an app from its phase plugins. */
export function panelsOf(app: FastifyInstance): Panel[] {
  const has: Readonly<Record<Panel, boolean>> = {
    logs: app.hasDecorator('addLogDestination'),
    request_ids: app.hasPlugin('request-id'),
    metrics: app.hasDecorator('registry'),
    traces: app.hasDecorator('addSpanProcessor'),
    exemplars: app.hasPlugin('trace-fields'),
  }
  return (Object.keys(PANEL_PHASE) as Panel[]).filter((panel) => has[panel])
}

/** The phase that has all of these panels. */
export function phaseWith(panels: readonly Panel[]): State['phase'] {
  const number = Math.max(0, ...panels.map((panel) => PANEL_PHASE[panel]))
  return { number, title: PHASES.find((phase) => phase.number === number)?.title ?? 'No telemetry' }
}
