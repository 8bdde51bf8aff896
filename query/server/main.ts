/** `npm run query`: serves a file of samples with Prometheus' HTTP API. */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { readOpenMetrics } from '../series/read-openmetrics.ts'
import { PrometheusApi } from './prometheus-api.ts'
import { serve } from './serve.ts'

const usage = `Usage: npm run query -- --metrics FILE [options]

Answers PromQL over a file of samples, with the HTTP API of Prometheus 3.

  --metrics FILE   OpenMetrics text in which each sample has a timestamp
  --port N         default 9091
  --host ADDRESS   default 127.0.0.1

  curl 'http://127.0.0.1:9091/api/v1/query?query=up'
  promtool query instant http://127.0.0.1:9091 'sum by (job) (up)'
`

try {
  const { values } = parseArgs({
    options: {
      metrics: { type: 'string' },
      port: { type: 'string', default: '9091' },
      host: { type: 'string', default: '127.0.0.1' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) process.stdout.write(usage)
  else if (values.metrics === undefined) fail(`--metrics is missing.\n\n${usage}`)
  else if (!/^\d+$/.test(values.port) || Number(values.port) > 65_535)
    fail(`${values.port} is no port. Give a number from 0 to 65535.`)
  else await start(values.metrics, Number(values.port), values.host)
} catch (error) {
  fail(`${(error as Error).message}\n`)
}

async function start(file: string, port: number, host: string): Promise<void> {
  let store: ReturnType<typeof readOpenMetrics>
  try {
    store = readOpenMetrics(readFileSync(file, 'utf8'))
  } catch (error) {
    fail(`${file} cannot be read: ${(error as Error).message}`)
    return
  }
  const server = await serve(new PrometheusApi(store), port, host)
  process.stdout.write(`${store.size} series at ${server.url}/api/v1\nCtrl-C stops it.\n`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => server.close())
}

function fail(message: string): void {
  process.stderr.write(`${message.trimEnd()}\n`)
  process.exitCode = 1
}
