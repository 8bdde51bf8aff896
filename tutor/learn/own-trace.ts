import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { RunSent } from '../../lab/lesson-wire.ts'
import type { Span, Trace } from '../../lab/wire.ts'
import type { ReceivedSpan } from '../../testkit/received-span.ts'
import { describeSpan, rowsOf, waterfall } from '../waterfall.ts'
import { NotUnderstood } from './command-line.ts'
import { readCurl, sendCurl } from './own-curl.ts'

export interface TraceRequest {
  readonly path: string
  readonly method: string
  readonly details: boolean
}

/** Milliseconds without a new span after which a trace is taken for complete, and the longest wait. */
const SETTLE_MS = 1200
const MAX_WAIT_MS = 6000

/** Reads the arguments of `npm run trace`. @throws NotUnderstood */
export function readTrace(args: readonly string[]): TraceRequest {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { details: { type: 'boolean', default: false }, method: { type: 'string', default: 'GET' } },
    })
    const [path, ...more] = positionals
    if (path?.startsWith('/') === true && more.length === 0) return { path, ...values }
  } catch {
    // An unknown option, as below.
  }
  throw new NotUnderstood('these arguments of `npm run trace`')
}

/** Prints what `npm run trace` prints, from the spans that the Lab has. */
export async function traceAtLab(
  ownUrl: string,
  { path, method, details }: TraceRequest,
  signal: AbortSignal,
): Promise<{ printed: string; sent: RunSent }> {
  const traceId = randomBytes(16).toString('hex')
  const traceparent = `00-${traceId}-${randomBytes(8).toString('hex')}-01`
  const curl = readCurl(['-X', method, '-H', `traceparent: ${traceparent}`, ownUrl + path], ownUrl)
  const { sent } = await sendCurl(ownUrl, curl, signal)
  const spans = (await settledTrace(ownUrl, traceId, signal)).map(received)
  const title = `${method} ${path} answered ${sent.status}, trace ${traceId}\n`
  if (spans.length === 0) return { printed: `${title}\nNo span of it has arrived. Spans come with phase 4.\n`, sent }
  const rows = rowsOf(spans)
  const more = details ? `\n${rows.flatMap((row) => row.spans.map(describeSpan)).join('\n')}\n` : ''
  return { printed: `${title}\n${waterfall(rows)}\n${more}`, sent }
}

async function settledTrace(ownUrl: string, traceId: string, signal: AbortSignal): Promise<readonly Span[]> {
  const began = Date.now()
  let spans: readonly Span[] = []
  for (let quietSince = began; Date.now() - quietSince < SETTLE_MS && Date.now() - began < MAX_WAIT_MS; ) {
    // Not by `fetch`, of which phase 5 measures each call.
    const { printed, sent } = await sendCurl(
      ownUrl,
      readCurl(['-s', `${ownUrl}/lab/api/traces/${traceId}`], ownUrl),
      signal,
    )
    const now = sent.status === 200 ? (JSON.parse(printed) as Trace).all_spans : []
    if (now.length > spans.length) quietSince = Date.now()
    spans = now
    await delay(100, undefined, { signal })
  }
  return spans
}

function received(span: Span): ReceivedSpan {
  return {
    service: span.service,
    resource: {},
    scope: { name: '', version: '' },
    traceId: span.trace_id,
    spanId: span.span_id,
    parentSpanId: span.parent_span_id ?? undefined,
    traceState: '',
    flags: 1,
    name: span.name,
    kind: span.kind,
    startMs: span.start,
    durationMs: span.duration,
    attributes: span.attributes as ReceivedSpan['attributes'],
    events: span.events.map(({ name, time, attributes }) => ({
      name,
      timeMs: time,
      attributes: attributes as ReceivedSpan['attributes'],
    })),
    links: span.links.map(({ trace_id, span_id, attributes }) => ({
      traceId: trace_id,
      spanId: span_id,
      attributes: attributes as ReceivedSpan['attributes'],
    })),
    status: { code: span.status, message: span.status_message ?? '' },
    dropped: { attributes: 0, events: 0, links: 0 },
  }
}
