import { randomBytes } from 'node:crypto'
import { dirname, join } from 'node:path'
import { type LogLine, readLogLines } from '../../testkit/log-file.ts'
import { scrape } from '../../testkit/scrape.ts'
import { waitFor } from '../../testkit/wait-for.ts'
import type { Answer, ReceivedSpan, RequestOptions, RunningServer, Traced } from './claim.ts'
import { postPipelined } from './post-pipelined.ts'
import type { SpanSource } from './span-source.ts'

export interface ServerAccess {
  /** Without a trailing slash. */
  readonly url: string
  readonly logFile: string
  readonly spans: SpanSource
  /** How long to poll for an observation. */
  readonly timeoutMs: number
}

/** Gives a claim access to the server. Lines that were logged before this call are ignored. */
export function runningServer({ url, logFile, spans, timeoutMs }: ServerAccess): RunningServer {
  const since = new Date().toISOString()
  const files = { app: logFile, partner: join(dirname(logFile), 'partner.log') }

  async function logLines(file: 'app' | 'partner' = 'app'): Promise<LogLine[]> {
    return (await readLogLines(files[file])).filter(({ time }) => time >= since)
  }

  async function eventually(condition: () => boolean | Promise<boolean>): Promise<boolean> {
    return (await pollFor(condition, timeoutMs)) ?? false
  }

  async function traced(path: string, options: RequestOptions & { spans?: number } = {}): Promise<Traced> {
    const { spans: atLeast = 1, ...rest } = options
    const traceId = randomBytes(16).toString('hex')
    const callerId = randomBytes(8).toString('hex')
    const traceparent = `00-${traceId}-${callerId}-01`
    const answer = await request(url + path, { ...rest, headers: { traceparent, ...rest.headers } })
    const isEntry = ({ parentSpanId }: { parentSpanId: string | undefined }) => parentSpanId === callerId
    const complete = async () => {
      const trace = await spans.ofTrace(traceId)
      return trace.length >= atLeast && trace.some(isEntry)
    }
    await pollFor(complete, timeoutMs)
    const trace = await spans.ofTrace(traceId)
    return { answer, traceId, callerId, spans: trace, entry: trace.find(isEntry) }
  }

  async function tracedPipelined(paths: readonly string[]): Promise<ReceivedSpan[]> {
    const traceId = randomBytes(16).toString('hex')
    const callerId = randomBytes(8).toString('hex')
    await postPipelined(url, paths, { traceparent: `00-${traceId}-${callerId}-01` })
    const withLinked = async () => {
      const trace = await spans.ofTrace(traceId)
      const linked = new Set(trace.flatMap(({ links }) => links.map((link) => link.traceId)))
      return [...trace, ...(await Promise.all([...linked].map((id) => spans.ofTrace(id)))).flat()]
    }
    const isComplete = async () => {
      const found = await withLinked()
      const ids = new Set(found.map(({ spanId }) => spanId))
      const requests = found.filter(({ parentSpanId }) => parentSpanId === callerId)
      return (
        requests.length === paths.length && found.every(({ links }) => links.every(({ spanId }) => ids.has(spanId)))
      )
    }
    await pollFor(isComplete, timeoutMs)
    return await withLinked()
  }

  return {
    request: (path, options) => request(url + path, options),
    logLines,
    logLine: async (fits, file) => pollFor(async () => (await logLines(file)).find(fits), timeoutMs),
    scrape: (path = '/metrics', accept) => scrape(url + path, accept),
    traced,
    tracedPipelined,
    eventually,
  }
}

/** Polls until `probe` returns something; undefined after the timeout. */
async function pollFor<T>(probe: () => T | Promise<T>, timeout: number): Promise<T | undefined> {
  let last: { value: T } | { error: unknown } | undefined
  const keep = async () => {
    try {
      last = { value: await probe() }
      return last.value
    } catch (error) {
      last = { error }
      throw error
    }
  }
  try {
    return await waitFor('it to show', keep, { timeout })
  } catch {
    // After a timeout the claim decides. A probe that throws is an error.
    if (last !== undefined && 'error' in last) throw last.error
    return undefined
  }
}

async function request(url: string, { method = 'GET', headers, json, signal }: RequestOptions = {}): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: { ...(json === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    signal: signal ?? AbortSignal.timeout(20_000),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, body: parsed(text) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // not JSON; the claim still has the text
  }
}
