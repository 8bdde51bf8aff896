/** `npm run load -- --users 20 --duration 60s --scenario general`: users for the booking API, without Python. */
import { markdownTable } from '../bench/markdown-table.ts'
import { ConfigError } from '../src/config.ts'
import { progressBar } from '../src/course/progress-bar.ts'
import { bypassProxyOnLoopback } from '../src/platform/no-proxy.ts'
import { type LoadOptions, readOptions, usage } from './options.ts'
import { runLoad } from './run.ts'
import { type KindSummary, Tally } from './tally.ts'

bypassProxyOnLoopback()

try {
  if (process.argv.includes('--help')) console.log(usage)
  else process.exitCode = await main(readOptions(process.argv.slice(2)))
} catch (error) {
  if (!(error instanceof ConfigError)) throw error
  console.error(error.message)
  process.exitCode = 1
}

async function main(options: LoadOptions): Promise<number> {
  await requireAnswer(options.url)
  const stop = new AbortController()
  // The first signal ends the load and shows the report; a second one has no listener and ends the process.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())

  const tally = new Tally()
  const stopProgress = showProgress(options, tally)
  const ms = await runLoad(options, tally, stop).finally(stopProgress)
  console.log(report(options, tally, ms))
  return tally.total().failures > 0 ? 1 : 0
}

async function requireAnswer(url: string): Promise<void> {
  try {
    await (await fetch(`${url}/livez`, { signal: AbortSignal.timeout(5000) })).arrayBuffer()
  } catch {
    throw new ConfigError('--url', `nothing answers at ${url}`, 'Start the app (npm start), or set it to where it is.')
  }
}

/** @returns a function that removes it */
function showProgress({ durationMs }: LoadOptions, tally: Tally): () => void {
  if (!process.stderr.isTTY || process.env.TERM === 'dumb') return () => undefined
  const start = performance.now()
  const total = Math.ceil(durationMs / 1000)
  const draw = () => {
    const done = Math.min(total, Math.floor((performance.now() - start) / 1000))
    const { requests, failures } = tally.total()
    const what = `s, ${requests} requests, ${failures} failed`
    // Some terminals report a width of 0.
    process.stderr.write(`\r\x1b[K${progressBar(done, total, what, process.stderr.columns || undefined)}`)
  }
  const timer = setInterval(draw, 250)
  return () => {
    clearInterval(timer)
    process.stderr.write('\r\x1b[K')
  }
}

function report({ users, scenario, url }: LoadOptions, tally: Tally, ms: number): string {
  const total = tally.total()
  const table = markdownTable([
    ['', 'requests', 'failures', 'p50 ms', 'p95 ms', 'p99 ms'],
    ...[...tally.summaries(), total].map(row),
  ])
  const seconds = ms / 1000
  const rate = (total.requests / seconds).toFixed(1)
  const title = `${users} users, ${scenario}, at ${url}: ${total.requests} requests in ${seconds.toFixed(1)} s, ${rate} per second`
  const problems = tally.problems().map(([text, count]) => `${count} × ${text}`)
  return [title, '', table, ...(problems.length > 0 ? ['', ...problems] : [])].join('\n')
}

function row({ kind, requests, failures, p50Ms, p95Ms, p99Ms }: KindSummary): string[] {
  return [kind, String(requests), String(failures), ...[p50Ms, p95Ms, p99Ms].map((ms) => ms.toFixed(1))]
}
