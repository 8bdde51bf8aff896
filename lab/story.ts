import { setTimeout as delay } from 'node:timers/promises'
import { changedMetrics } from './changed-metrics.ts'
import type { Collector } from './collector.ts'
import { LIMITS } from './collector.ts'
import type { PositionedLine } from './line-ring.ts'
import { logLine } from './log-line.ts'
import type { Marks, StoredMark } from './marks.ts'
import { ownSeries } from './own-series.ts'
import { requestIdOf } from './request-id-of.ts'
import type { StoredTrace } from './trace-store.ts'
import { traceOf } from './trace-summary.ts'
import type { LogLine, Story } from './wire.ts'

/** The request, and the marks around it. */
export interface StoryQuestion {
  readonly request_id?: string | undefined
  readonly trace_id?: string | undefined
  readonly before?: StoredMark | undefined
  readonly after?: StoredMark | undefined
}

/** The telemetry that a request is expected to have in this service. */
export interface Expectations {
  readonly service: string
  readonly isTraced: boolean
  /** Whether requests have a completion line, which needs a log level of `info` or lower. */
  readonly endIsLogged: boolean
}

/** How long to wait for the end of a request, in milliseconds. */
const WAIT_MS = 1000

/** How long the last lines of a request may arrive after the answer, from all services, in milliseconds. */
const LAST_LINES_MS = 40

/** Correlates logs, metrics and traces of one request. */
export async function buildStory(
  question: StoryQuestion,
  collector: Collector,
  marks: Marks,
  expectations: Expectations,
): Promise<Story> {
  const { request_id, trace_id, before, after } = question
  if (request_id === undefined && trace_id === undefined) {
    await collector.collectUntil(() => Date.now() > (after?.time ?? 0) + LAST_LINES_MS, WAIT_MS)
    return story(question, collector, marks, expectations)
  }
  await collector.collectUntil(() => isOver(find(question, collector), expectations, HTTP_END), WAIT_MS)
  await delay(LAST_LINES_MS)
  await collector.collect()
  return story({ request_id, trace_id, before, after }, collector, marks, expectations)
}

interface Found {
  readonly lines: readonly LogLine[]
  readonly trace: StoredTrace | undefined
}

function story(question: StoryQuestion, collector: Collector, marks: Marks, expectations: Expectations): Story {
  const { request_id, trace_id, before, after } = question
  const found = find(question, collector)
  const { lines } = found
  const trace = found.trace === undefined ? null : traceOf(found.trace)
  const own = ownSeries(expectations.service, lines, trace?.all_spans ?? [])
  const isOfRequest = request_id !== undefined || trace_id !== undefined
  return {
    found_by: request_id !== undefined ? 'request_id' : isOfRequest ? 'trace_id' : 'window',
    request_id: request_id ?? trace?.request_id ?? idOn(lines, 'request_id') ?? null,
    trace_id: trace_id ?? trace?.trace_id ?? idOn(lines, 'trace_id') ?? null,
    lines,
    trace,
    metrics: collector.history === undefined ? null : changedMetrics(own, marks, before, after),
    complete: !isOfRequest || isOver(found, expectations, ANY_END),
  }
}

function idOn(lines: readonly LogLine[], name: 'request_id' | 'trace_id'): string | undefined {
  return lines.find(({ fields }) => typeof fields[name] === 'string')?.fields[name]
}

function find({ request_id, trace_id, before, after }: StoryQuestion, { log, traces }: Collector): Found {
  if (request_id === undefined && trace_id === undefined) {
    const [begin, end] = [before?.time ?? 0, after?.time ?? 0]
    // Lines of other services arrive late, so the position of the mark alone is not sufficient.
    const isWithin = ({ fields: { time = '' } }: LogLine) => !(Date.parse(time) < begin || Date.parse(time) > end)
    return {
      lines: log
        .read(before?.line ?? 0, LIMITS.lines)
        .lines.map(logLine)
        .filter(isWithin),
      trace: undefined,
    }
  }
  const from = before?.line ?? 0
  const linesWith = (id: string | undefined) => (id === undefined ? [] : log.find(id, from, LIMITS.lines))
  const direct = [...linesWith(request_id), ...linesWith(trace_id)].map(logLine)
  const traceId = trace_id ?? traceOfRequest(request_id as string, direct, traces.all())
  const trace = traceId === undefined ? undefined : traces.get(traceId)
  // Each service has its own request id; lines and spans of one request share the trace id.
  const requestIds = (trace?.spans ?? []).map(requestIdOf)
  const ids = new Set([request_id, traceId, ...requestIds].filter((id) => id !== undefined))
  return { lines: inOrder([...ids].flatMap(linesWith), ids), trace }
}

function traceOfRequest(requestId: string, lines: readonly LogLine[], traces: readonly StoredTrace[]) {
  const onLine = lines.find(({ fields }) => fields.request_id === requestId && fields.trace_id !== undefined)
  if (onLine !== undefined) return onLine.fields.trace_id
  return traces.findLast(({ spans }) => spans.some((span) => requestIdOf(span) === requestId))?.traceId
}

/** The lines with one of the ids, without duplicates, sorted by time. */
function inOrder(found: readonly PositionedLine[], ids: ReadonlySet<string>): LogLine[] {
  const lines = new Map(found.map((line) => [line.seq, line]))
  const isTheirs = ({ fields }: LogLine) => ids.has(String(fields.request_id)) || ids.has(String(fields.trace_id))
  const timeOf = ({ fields }: LogLine) => Date.parse(fields.time ?? '') || 0
  return [...lines.values()]
    .map(logLine)
    .filter(isTheirs)
    .sort((a, b) => timeOf(a) - timeOf(b) || a.seq - b.seq)
}

/** The completion line of a request, not of a gRPC call within it, which has the same id. */
const HTTP_END = ['request completed']
const ANY_END = ['request completed', 'call completed']

function isOver({ lines, trace }: Found, { service, isTraced, endIsLogged }: Expectations, ends: string[]): boolean {
  const isLast = ({ fields }: LogLine) => fields.service === service && ends.includes(fields.message ?? '')
  if (endIsLogged && !lines.some(isLast)) return false
  return !isTraced || trace?.finished === true
}
