import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { type Collector, LIMITS } from './collector.ts'
import type { EventStreams } from './event-streams.ts'
import { MAX_FILTER, parseFilter } from './filter/filter.ts'
import { keysOfSpans } from './filter/known-keys.ts'
import { matchesTrace } from './filter/matching.ts'
import { LabError } from './lab-error.ts'
import { logLine } from './log-line.ts'
import type { Marks, StoredMark } from './marks.ts'
import { serviceMap } from './service-map.ts'
import { buildStory, type Expectations } from './story.ts'
import { summaryOf, traceOf } from './trace-summary.ts'
import type { Logs, Mark, Metrics, ServiceMap, SpanKeys, State, Story, Trace, TraceSummary, Traces } from './wire.ts'

export interface ApiOptions {
  readonly collector: Collector
  readonly marks: Marks
  readonly streams: EventStreams
  readonly state: () => State
  readonly expectations: Expectations
}

const Id = Type.String({ pattern: '^[A-Za-z0-9._-]{1,128}$' })
const TraceId = Type.String({ pattern: '^[0-9a-f]{32}$' })

/** The page's API, `/lab/api/…`, as described in wire.ts. */
export const labApi: FastifyPluginAsyncTypebox<ApiOptions> = async (app, options) => {
  const { collector, marks, streams, state, expectations } = options
  app.addHook('onRoute', (route) => {
    route.schema = { ...route.schema, hide: true }
  })

  app.get('/state', () => state())

  app.get(
    '/logs',
    {
      schema: {
        querystring: Type.Object({
          after: Type.Integer({ minimum: 0, default: 0 }),
          limit: Type.Integer({ minimum: 1, maximum: LIMITS.lines, default: LIMITS.lines }),
          request_id: Type.Optional(Id),
          trace_id: Type.Optional(TraceId),
        }),
      },
    },
    async ({ query: { after, limit, request_id, trace_id } }): Promise<Logs> => {
      await collector.collect()
      const id = request_id ?? trace_id
      const found = id === undefined ? collector.log.read(after, limit) : undefined
      const all = (found?.lines ?? collector.log.find(id as string, after, limit)).map(logLine)
      const isWanted = ({ fields }: Logs['lines'][number]) =>
        (request_id === undefined || fields.request_id === request_id) &&
        (trace_id === undefined || fields.trace_id === trace_id)
      const lines = all.filter(isWanted)
      return { lines, next: all.at(-1)?.seq ?? after, gap: after > 0 && found?.gap === true }
    },
  )

  app.get(
    '/traces',
    {
      schema: {
        querystring: Type.Object({
          route: Type.Optional(Type.String({ maxLength: 200 })),
          status: Type.Optional(Type.Enum(['ok', 'error'])),
          min_duration_ms: Type.Number({ minimum: 0, default: 0 }),
          filter: Type.String({ maxLength: MAX_FILTER, default: '' }),
          from: Type.Number({ minimum: 0, default: 0 }),
          to: Type.Optional(Type.Number({ minimum: 0 })),
          service: Type.Optional(Type.String({ maxLength: 200 })),
          limit: Type.Integer({ minimum: 1, maximum: LIMITS.traces, default: LIMITS.traces }),
        }),
      },
    },
    async ({ query }): Promise<Traces> => {
      const { route = '', status, min_duration_ms, service, from, to = Number.POSITIVE_INFINITY, limit } = query
      const filter = parseFilter(query.filter)
      if (filter.problem !== null) throw new LabError(400, filter.problem)
      await collector.collect()
      const isWanted = (trace: TraceSummary) =>
        trace.name.toLowerCase().includes(route.toLowerCase()) &&
        (status === undefined || trace.status === status) &&
        trace.duration >= min_duration_ms &&
        (service === undefined || trace.services.includes(service))
      const isWithin = ({ start }: TraceSummary) => start >= from && start <= to
      const all = collector.traces.all()
      const found = all.filter(({ spans }) => matchesTrace(filter, spans)).map(summaryOf)
      const newestFirst = found
        .filter(isWithin)
        .filter(isWanted)
        .sort((a, b) => b.start - a.start)
      return { traces: newestFirst.slice(0, limit), total: all.length }
    },
  )

  app.get(
    '/traces/:trace_id',
    { schema: { params: Type.Object({ trace_id: TraceId }) } },
    async ({ params: { trace_id } }): Promise<Trace> => {
      await collector.collect()
      const trace = collector.traces.get(trace_id)
      if (trace === undefined)
        throw new LabError(404, 'This trace is not here, or not any more: only the last are kept.')
      return traceOf(trace)
    },
  )

  app.get('/span-keys', async (): Promise<SpanKeys> => {
    await collector.collect()
    return { keys: keysOfSpans(collector.traces.all().flatMap(({ spans }) => spans)) }
  })

  app.get('/service-map', async (): Promise<ServiceMap> => {
    await collector.collect()
    return serviceMap(collector.traces.all())
  })

  app.get(
    '/metrics',
    { schema: { querystring: Type.Object({ since: Type.Number({ minimum: 0, default: 0 }) }) } },
    ({ query: { since } }): Metrics => {
      if (collector.history === undefined) throw new LabError(404, 'There are no metrics before phase 3.')
      return collector.history.since(since)
    },
  )

  app.post('/marks', async (): Promise<Mark> => {
    const { mark_id, time } = await marks.add(collector.log.end)
    return { mark_id, time }
  })

  function markOf(name: string, markId: string | undefined): StoredMark | undefined {
    if (markId === undefined) return undefined
    const mark = marks.get(markId)
    if (mark === undefined) throw new LabError(404, `The mark in ${name} is not here, or not any more.`)
    return mark
  }

  app.get(
    '/story',
    {
      schema: {
        querystring: Type.Object({
          request_id: Type.Optional(Id),
          trace_id: Type.Optional(TraceId),
          before: Type.Optional(Id),
          after: Type.Optional(Id),
        }),
      },
    },
    ({ query: { request_id, trace_id, ...given } }): Promise<Story> => {
      const [before, after] = [markOf('before', given.before), markOf('after', given.after)]
      if (request_id === undefined && trace_id === undefined && (before === undefined || after === undefined))
        throw new LabError(400, 'Give a request_id, a trace_id, or both before and after.')
      return buildStory({ request_id, trace_id, before, after }, collector, marks, expectations)
    },
  )

  app.get(
    '/events',
    { schema: { querystring: Type.Object({ after: Type.Optional(Type.String({ maxLength: 200 })) }) } },
    (request, reply) => {
      if (streams.isClosed) throw new LabError(503, 'The server is closing.')
      if (streams.isFull) throw new LabError(503, 'Too many pages of the Lab are open.')
      const last = request.headers['last-event-id'] ?? request.query.after
      reply.headers({ 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' })
      reply.hijack()
      reply.raw.writeHead(200, reply.getHeaders() as Record<string, string>)
      streams.open(reply.raw, Array.isArray(last) ? last[0] : last)
    },
  )
}
