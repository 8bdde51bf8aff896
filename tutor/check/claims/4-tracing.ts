import { randomBytes } from 'node:crypto'
import type { Claim, ReceivedSpan, RunningServer } from '../claim.ts'

/** The claims of lesson 4, verified by `npm run check -- 4`. */
const claims: readonly Claim[] = [
  {
    title: 'A request is a span, and continues the trace of its caller',
    expected: 'a server span "GET /hello" whose parent is the span that traceparent named',
    hint: '`propagation.extract` in server-spans.ts reads the header.',
    async check(server) {
      const { entry, spans } = await server.traced('/hello')
      const attributes = entry?.attributes ?? {}
      const ok =
        entry?.name === 'GET /hello' &&
        entry.kind === 'server' &&
        attributes['http.request.method'] === 'GET' &&
        attributes['http.route'] === '/hello' &&
        attributes['http.response.status_code'] === 200
      return { ok, seen: entry ?? shapes(spans) }
    },
  },
  {
    title: 'The steps of a request are its children, one after the other',
    expected: 'below GET /slow a span database_query of 40 ms, then external_api_call of 60 ms',
    hint: '`spanFor` in span-for.ts makes a span of each step; `bindScope` makes it the current one.',
    async check(server) {
      const { entry, spans } = await server.traced('/slow?ms=100', { spans: 3 })
      const [first, second] = childrenOf(entry, spans)
      const ok =
        first?.name === 'database_query' &&
        second?.name === 'external_api_call' &&
        first.durationMs >= 39 &&
        second.durationMs >= 59 &&
        // Start times are truncated to whole milliseconds; durations come from a finer clock.
        first.startMs + first.durationMs <= second.startMs + 2
      return { ok, seen: shapes(spans) }
    },
  },
  {
    title: 'An SQL statement is a span, with placeholders in place of values',
    expected:
      'a client span "SELECT courses" with db.system.name, db.operation.name, db.collection.name, db.query.text',
    hint: 'announced-spans.ts describes it; the statement comes from `channels.query`.',
    async check(server) {
      const { spans } = await server.traced('/v1/courses?page_size=3', { spans: 2 })
      const query = spans.find(({ name }) => name === 'SELECT courses')
      const attributes = query?.attributes ?? {}
      const ok =
        query?.kind === 'client' &&
        attributes['db.system.name'] === 'postgresql' &&
        attributes['db.operation.name'] === 'SELECT' &&
        attributes['db.collection.name'] === 'courses' &&
        String(attributes['db.query.text']).includes('$1')
      return { ok, seen: query ?? shapes(spans) }
    },
  },
  {
    title: 'A 5xx marks the span as failed and records the exception; a 4xx does not',
    expected: 'status error, error.type 500 and an event "exception" for /error?status=500; status unset for 404',
    hint: '`onError` and `onRequestEnd` in server-spans.ts.',
    async check(server) {
      const failed = (await server.traced('/error?status=500')).entry
      const refused = (await server.traced('/error?status=404')).entry
      const exception = failed?.events.find(({ name }) => name === 'exception')
      const ok =
        failed?.status.code === 'error' &&
        failed.attributes['error.type'] === '500' &&
        /on purpose/.test(String(exception?.attributes['exception.message'])) &&
        refused?.status.code === 'unset'
      return { ok, seen: { failed, refused } }
    },
  },
  {
    title: 'The trace goes on in another process',
    expected: 'below GET /propagation a client span GET, and below that GET /hop of the service "partner"',
    hint: 'client-spans.ts puts a traceparent on each outgoing fetch. Is the partner running, in the same phase?',
    async check(server) {
      const { entry, spans } = await server.traced('/propagation', { spans: 5 })
      const client = childrenOf(entry, spans).find(({ kind, name }) => kind === 'client' && name === 'GET')
      const [hop] = childrenOf(client, spans)
      return { ok: hop?.name === 'GET /hop' && hop.service === 'partner', seen: shapes(spans) }
    },
  },
  {
    title: 'What arrives over there is a traceparent after W3C’s specification',
    expected: '00-<the trace id>-<id of the client span>-01 at both hops, HTTP and gRPC',
    hint: 'The propagator in trace-context.ts writes it; rpc-spans.ts injects it into gRPC metadata.',
    async check(server) {
      const { answer, traceId, callerId } = await server.traced('/propagation', { spans: 5 })
      const received = hopsOf(answer.body).map(({ traceparent }) => traceparent ?? '')
      const fits = (header: string) => new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`).test(header)
      const ok = received.length === 2 && received.every((h) => fits(h) && !h.includes(callerId))
      return { ok, seen: { received, asked: `00-${traceId}-${callerId}-01` } }
    },
  },
  {
    title: 'A malformed traceparent is no reason to fail: a new trace begins',
    expected: 'an answer with a trace id that is not the one of the malformed header',
    hint: '`parseTraceparent` in trace-context.ts refuses what does not fit, and `startSpan` then makes a root span.',
    async check(server) {
      const broken = randomBytes(16).toString('hex')
      const headers = { traceparent: `00-${broken}-tooshort-01` }
      const { status, body } = await server.request('/propagation', { headers })
      const id = body?.trace_id
      return { ok: status === 200 && /^[0-9a-f]{32}$/.test(id) && id !== broken, seen: { status, trace_id: id } }
    },
  },
  {
    title: 'What the caller does not sample is not sent',
    expected: 'no span of a request whose traceparent ends in 00',
    hint: 'The default sampler, parentbased_always_on, does as the caller does.',
    async check(server) {
      const unsampled = `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-00`
      const { spans } = await server.traced('/hello', { headers: { traceparent: unsampled } })
      const after = await server.traced('/hello') // earlier spans have arrived when these have
      return {
        ok: after.entry !== undefined && spans.length === 0,
        seen: after.entry ? shapes(spans) : 'no span at all',
      }
    },
  },
  {
    title: 'What happens to a booking is an event on the span of its request',
    expected: 'an event course_app.booking.created with course_app.booking.id',
    hint: 'booking-events.ts in phases/booking adds it to the active span.',
    async check(server) {
      const { body } = await server.request('/v1/courses?page_size=100&include=batches')
      const json = { course_id: courseWithSeat(body), user_id: 'check' }
      const { answer, spans } = await server.traced('/v1/bookings', { method: 'POST', json, spans: 2 })
      const event = spans.flatMap(({ events }) => events).find(({ name }) => name === 'course_app.booking.created')
      const id = answer.body?.booking_id
      return { ok: id !== undefined && event?.attributes['course_app.booking.id'] === id, seen: event ?? shapes(spans) }
    },
  },
  {
    title: 'A statement for many requests is one span, linked with the share of each',
    expected: 'a root span "UPDATE bookings" with a link to each "share of UPDATE bookings", and a link back from each',
    hint: '`linkToCaller` and `spanOfShare` in announced-spans.ts. Reservations share a statement while three are in flight.',
    async check(server) {
      const { body } = await server.request('/v1/courses?page_size=100&include=batches')
      const json = { course_id: courseWithSeat(body), user_id: 'check' }
      const paths: string[] = []
      for (let nth = 0; nth < 8; nth++) {
        const booking = await server.request('/v1/bookings', { method: 'POST', json })
        paths.push(`/v1/bookings/${booking.body?.booking_id}`)
      }
      const spans = await server.tracedPipelined(paths.map((path) => `${path}:reserve`))
      for (const path of paths) await server.request(`${path}:expire`, { method: 'POST' }) // gives the seats back
      const statement = spans.find(({ name, links }) => name === 'UPDATE bookings' && links.length > 1)
      const shares = spans.filter(({ name, links }) => {
        return name === 'share of UPDATE bookings' && links.some(({ spanId }) => spanId === statement?.spanId)
      })
      const ok =
        statement !== undefined &&
        statement.parentSpanId === undefined &&
        statement.attributes['db.operation.batch.size'] === shares.length &&
        idsOf(statement.links) === idsOf(shares)
      return { ok, seen: shapes(spans) }
    },
  },
]

export default claims

function childrenOf(parent: ReceivedSpan | undefined, spans: readonly ReceivedSpan[]): ReceivedSpan[] {
  return spans
    .filter(({ parentSpanId }) => parentSpanId !== undefined && parentSpanId === parent?.spanId)
    .toSorted((a, b) => a.startMs - b.startMs)
}

function idsOf(spans: readonly { readonly spanId: string }[]): string {
  return spans
    .map(({ spanId }) => spanId)
    .sort()
    .join()
}

/** Names and durations of spans, for a claim that does not hold. */
function shapes(spans: readonly ReceivedSpan[]): string {
  if (spans.length === 0) return 'no span of this request'
  return spans
    .map(({ service, name, kind, durationMs }) => `${service}: ${name} (${kind}, ${durationMs} ms)`)
    .join('\n')
}

function hopsOf(body: { hops?: { traceparent: string | null }[] } | undefined): { traceparent: string | null }[] {
  return body?.hops ?? []
}

function courseWithSeat(body: Awaited<ReturnType<RunningServer['request']>>['body']): string | undefined {
  const courses = (body?.courses ?? []) as { course_id: string; batches: { available_seats: number }[] }[]
  return courses.find(({ batches }) => batches.some(({ available_seats }) => available_seats > 0))?.course_id
}
