import { readFile } from 'node:fs/promises'
import { waitFor } from '../../testkit/wait-for.ts'

/** The phase a server runs. */
export interface FoundPhase {
  readonly phase: number
  /** The evidence: completes "it looks like phase 3: …". */
  readonly because: string
}

/** No server of this project is reachable. The message has the remedy. */
export class NoServer extends Error {
  override readonly name = 'NoServer'
}

/** What can be reached is a service of another project. */
export class OtherServer extends NoServer {}

/**
 * Detects from outside which phase a server runs: each phase adds something observable.
 *
 * @throws NoServer when nothing answers, OtherServer when something else does.
 */
export async function whichPhase(url: string, logFile: string): Promise<FoundPhase> {
  await expectServer(url)
  if (await isThere(`${url}/metrics/otel`)) return { phase: 5, because: 'it serves /metrics/otel' }
  if (await isThere(`${url}/metrics`)) return await withMetrics(url)
  const { headers } = await get(`${url}/hello`)
  if (headers.has('x-request-id'))
    return { phase: 2, because: 'its answers have an x-request-id, and there is no /metrics' }
  if (await logsErrors(url, logFile))
    return { phase: 1, because: `it logs to ${logFile}, and its answers have no x-request-id` }
  return { phase: 0, because: `its answers have no x-request-id, and an error of it is not logged in ${logFile}` }
}

async function withMetrics(url: string): Promise<FoundPhase> {
  // The partner may still be starting.
  const body = await waitFor('GET /propagation to answer', async () => {
    const response = await get(`${url}/propagation`)
    return response.ok && ((await response.json()) as { trace_id: string | null })
  })
  return body.trace_id === null
    ? { phase: 3, because: 'it serves /metrics, and sends no traceparent to the partner' }
    : { phase: 4, because: 'it sends a traceparent to the partner, and there is no /metrics/otel' }
}

async function expectServer(url: string): Promise<void> {
  try {
    const { message } = (await (await get(`${url}/hello`)).json()) as { message?: string }
    if (message === 'hello') return
  } catch (error) {
    if (isConnectionRefused(error))
      throw new NoServer(`No server answers at ${url}. Set PORT if it listens on another port.`)
    if (!(error instanceof SyntaxError)) throw error
  }
  throw new OtherServer(`What answers at ${url} is not this app: its GET /hello says something else.`)
}

function isConnectionRefused(error: unknown): boolean {
  const { code } = ((error as Error).cause ?? {}) as { code?: string }
  return code === 'ECONNREFUSED'
}

async function isThere(url: string): Promise<boolean> {
  const response = await get(url)
  await response.arrayBuffer() // an unread body keeps the connection open, and so the process alive
  return response.ok
}

async function logsErrors(url: string, logFile: string): Promise<boolean> {
  const before = await sizeOf(logFile)
  await (await get(`${url}/error?status=500`)).arrayBuffer()
  try {
    return await waitFor('a new line', async () => (await sizeOf(logFile)) !== before, { timeout: 1000 })
  } catch {
    return false // no line within a second, although lines are flushed after 10 ms
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await readFile(file)).length
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0
    throw error
  }
}

function get(url: string): Promise<Response> {
  return fetch(url, { signal: AbortSignal.timeout(10_000) })
}
