import { setTimeout as delay } from 'node:timers/promises'
import type { Collector } from './collector.ts'
import { LIMITS } from './collector.ts'
import type { PositionedLine } from './line-ring.ts'
import { logLine } from './log-line.ts'
import type { Marks, StoredMark } from './marks.ts'
import { movedMetrics } from './moved-metrics.ts'
import { ownSeries } from './own-series.ts'
import { requestIdOf } from './request-id-of.ts'
import type { StoredTrace } from './trace-store.ts'
import { traceOf } from './trace-summary.ts'
import type { LogLine, Story } from './wire.ts'

/** Which request, and the moments around it. */
export interface StoryQuestion {
  readonly request_id?: string | undefined
  readonly trace_id?: string | undefined
  readonly before?: StoredMark | undefined
  readonly after?: StoredMark | undefined
}

/** What a request leaves behind in this service. */
export interface Expectations {
  readonly service: string
  readonly isTraced: boolean
  /** Whether the log has the line with which a request ends: not when its level is above `info`. */
  readonly endIsLogged: boolean
}

/** For so long the end of a request is awaited, in milliseconds. */
const WAIT_MS = 1000

/** Milliseconds in which the last lines of a request come, here and in the other services, once it has been answered. */
const LAST_LINES_MS = 40

/** Puts together what logs, metrics and traces say of one request. */
export async function tellStory(
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
    metrics: collector.history === undefined ? null : movedMetrics(own, marks, before, after),
    complete: !isOfRequest || isOver(found, expectations, ANY_END),
  }
}

function idOn(lines: readonly LogLine[], name: 'request_id' | 'trace_id'): string | undefined {
  return lines.find(({ fields }) => typeof fields[name] === 'string')?.fields[name]
}

function find({ request_id, trace_id, before, after }: StoryQuestion, { log, traces }: Collector): Found {
  if (request_id === undefined && trace_id === undefined) {
    const [begin, end] = [before?.time ?? 0, after?.time ?? 0]
    // Lines of other services arrive later than they were logged, so the position of the mark alone is not enough.
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
  // Every service has a request id of its own; what belongs together has the trace id in common, in lines or in spans.
  const requestIds = (trace?.spans ?? []).map(requestIdOf)
  const ids = new Set([request_id, traceId, ...requestIds].filter((id) => id !== undefined))
  return { lines: inOrder([...ids].flatMap(linesWith), ids), trace }
}

function traceOfRequest(requestId: string, lines: readonly LogLine[], traces: readonly StoredTrace[]) {
  const onLine = lines.find(({ fields }) => fields.request_id === requestId && fields.trace_id !== undefined)
  if (onLine !== undefined) return onLine.fields.trace_id
  return traces.findLast(({ spans }) => spans.some((span) => requestIdOf(span) === requestId))?.traceId
}

/** Each once, by time; only those that have one of the ids as theirs. */
function inOrder(found: readonly PositionedLine[], ids: ReadonlySet<string>): LogLine[] {
  const lines = new Map(found.map((line) => [line.seq, line]))
  const isTheirs = ({ fields }: LogLine) => ids.has(String(fields.request_id)) || ids.has(String(fields.trace_id))
  const timeOf = ({ fields }: LogLine) => Date.parse(fields.time ?? '') || 0
  return [...lines.values()]
    .map(logLine)
    .filter(isTheirs)
    .sort((a, b) => timeOf(a) - timeOf(b) || a.seq - b.seq)
}

/** The last line of a request. That of a gRPC call may be within one: both have the same id. */
const HTTP_END = ['request completed']
const ANY_END = ['request completed', 'call completed']

function isOver({ lines, trace }: Found, { service, isTraced, endIsLogged }: Expectations, ends: string[]): boolean {
  const isLast = ({ fields }: LogLine) => fields.service === service && ends.includes(fields.message ?? '')
  if (endIsLogged && !lines.some(isLast)) return false
  return !isTraced || trace?.finished === true
}
