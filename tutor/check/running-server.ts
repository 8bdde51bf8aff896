import { randomBytes } from 'node:crypto'
import { dirname, join } from 'node:path'
import { type LogLine, readLogLines } from '../../testkit/log-file.ts'
import { scrape } from '../../testkit/scrape.ts'
import { waitFor } from '../../testkit/wait-for.ts'
import type { Answer, ReceivedSpan, RequestOptions, RunningServer, Traced } from './claim.ts'
import { postAtOnce } from './post-at-once.ts'
import type { SpanSource } from './span-source.ts'

export interface ServerAccess {
  /** Without a slash at the end. */
  readonly url: string
  readonly logFile: string
  readonly spans: SpanSource
  /** How long to wait for something to show, in milliseconds. */
  readonly patience: number
}

/** What a claim needs of the server, from now on: lines that were logged before are not given. */
export function runningServer({ url, logFile, spans, patience }: ServerAccess): RunningServer {
  const since = new Date().toISOString()
  const files = { app: logFile, partner: join(dirname(logFile), 'partner.log') }

  async function logLines(file: 'app' | 'partner' = 'app'): Promise<LogLine[]> {
    return (await readLogLines(files[file])).filter(({ time }) => time >= since)
  }

  async function eventually(condition: () => boolean | Promise<boolean>): Promise<boolean> {
    return (await shown(condition, patience)) ?? false
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
    await shown(complete, patience)
    const trace = await spans.ofTrace(traceId)
    return { answer, traceId, callerId, spans: trace, entry: trace.find(isEntry) }
  }

  async function tracedAtOnce(paths: readonly string[]): Promise<ReceivedSpan[]> {
    const traceId = randomBytes(16).toString('hex')
    const callerId = randomBytes(8).toString('hex')
    await postAtOnce(url, paths, { traceparent: `00-${traceId}-${callerId}-01` })
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
    await shown(isComplete, patience)
    return await withLinked()
  }

  return {
    request: (path, options) => request(url + path, options),
    logLines,
    logLine: async (fits, file) => shown(async () => (await logLines(file)).find(fits), patience),
    scrape: (path = '/metrics', accept) => scrape(url + path, accept),
    traced,
    tracedAtOnce,
    eventually,
  }
}

/** What `probe` gives within so many milliseconds, if it is something. */
async function shown<T>(probe: () => T | Promise<T>, timeout: number): Promise<T | undefined> {
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
    // Nothing showed in time, which is for the claim to judge; a probe that cannot even look is an error.
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
    return undefined // the text says it better
  }
}
