/**
 * `npm run trace -- '/slow?ms=300'`: sends a request to the server in the other terminal, receives its spans and draws
 * the trace as text. With `--details` it also shows the attributes and events of each span.
 *
 * Exit code 0: a trace is shown; 1: no span arrived; 2: there is no server, or its phase has no tracing.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { ConfigError, loadConfig } from '../../src/config.ts'
import { bypassProxyOnLoopback } from '../../src/platform/no-proxy.ts'
import { firstSpan, type Reached } from '../check/first-span.ts'
import { endpointsFromEnvironment, NoSpanSource, openSpanSource } from '../check/open-span-source.ts'
import { runningServer } from '../check/running-server.ts'
import type { SpanSource } from '../check/span-source.ts'
import { Teardowns } from '../check/teardowns.ts'
import { NoServer, OtherServer, whichPhase } from '../check/which-phase.ts'
import { describeSpan, rowsOf, waterfall } from '../waterfall.ts'

bypassProxyOnLoopback()

const USAGE = `Usage: npm run trace -- '/slow?ms=300' [--method POST] [--details]`

/** Processes export once a second. A longer silence means that the trace is complete. */
const SETTLE_MS = 2500

/** Errors whose message is enough for the user. */
const USER_ERRORS = [ConfigError, NoServer, NoSpanSource]

const scope = new Teardowns()
try {
  process.exitCode = await main()
} catch (error) {
  if (!USER_ERRORS.some((kind) => error instanceof kind)) throw error
  console.error((error as Error).message)
  process.exitCode = 2
} finally {
  await scope.run()
}

function parse() {
  try {
    const options = { details: { type: 'boolean' }, method: { type: 'string', default: 'GET' } } as const
    return parseArgs({ allowPositionals: true, options })
  } catch (error) {
    const problem = (error as Error).message.split('. ')[0] as string
    throw new ConfigError('Arguments', problem, 'Known are a path, --details and --method.')
  }
}

async function main(): Promise<number> {
  const { positionals, values } = parse()
  const [path] = positionals
  if (path?.startsWith('/') !== true || positionals.length > 1) {
    console.error(USAGE)
    return 2
  }
  const { HOST, PORT, LOG_FILE } = loadConfig([])
  const url = `http://${HOST === '0.0.0.0' ? '127.0.0.1' : HOST}:${PORT}`
  const { phase, warmUp } = await look(url, LOG_FILE)
  if (phase < 4) {
    console.error(
      `The server at ${url} runs phase ${phase}, which makes no spans. Start one that does: npm run phase:4`,
    )
    return 2
  }
  const source = await openSpanSource(phase as 4 | 5, endpointsFromEnvironment(), scope)
  if (!(await firstSpan(url, source, console.log, warmUp))) {
    console.error(`No span has arrived at ${source.name}.`)
    return 1
  }
  const server = runningServer({ url, logFile: LOG_FILE, spans: source, timeoutMs: 10_000 })
  const { answer, traceId } = await server.traced(path, { method: values.method })
  const spans = await waitForSpans(source, traceId)
  console.log(`${values.method} ${path} answered ${answer.status}, trace ${traceId}\n`)
  console.log(spans.length === 0 ? `No span of it has arrived at ${source.name}.` : waterfall(rowsOf(spans)))
  if (values.details)
    console.log(
      `\n${rowsOf(spans)
        .flatMap((row) => row.spans.map(describeSpan))
        .join('\n')}`,
    )
  return spans.length === 0 ? 1 : 0
}

/** Another service may have phase 5 in it, or send OTLP in some other way. Any request to it creates a span. */
async function look(url: string, logFile: string): Promise<{ phase: number; warmUp?: Reached }> {
  try {
    return await whichPhase(url, logFile)
  } catch (error) {
    if (error instanceof OtherServer) return { phase: 5, warmUp: { path: '/', services: 1 } }
    throw error
  }
}

/** Waits until no more spans of a trace arrive. */
async function waitForSpans(source: SpanSource, traceId: string) {
  let spans = await source.ofTrace(traceId)
  for (let quietSince = Date.now(); Date.now() - quietSince < SETTLE_MS; await delay(50)) {
    const now = await source.ofTrace(traceId)
    if (now.length > spans.length) quietSince = Date.now()
    spans = now
  }
  return spans
}
