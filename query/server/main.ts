/** `npm run query`: serves a file of samples with Prometheus' HTTP API, and one of lines with Loki's. */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { readLines } from '../lines/read-lines.ts'
import { readOpenMetrics } from '../series/read-openmetrics.ts'
import { LokiApi } from './loki-api.ts'
import { PrometheusApi } from './prometheus-api.ts'
import { serve } from './serve.ts'

const usage = `Usage: npm run query -- [--metrics FILE] [--logs FILE] [options]

Answers PromQL over a file of samples, with the HTTP API of Prometheus 3, and LogQL over a file of lines, with that of
Loki 3.

  --metrics FILE   OpenMetrics text in which each sample has a timestamp
  --logs FILE      one JSON object a line with its time, as the app writes logs/app.log
  --port N         default 9091
  --host ADDRESS   default 127.0.0.1

  curl 'http://127.0.0.1:9091/api/v1/query?query=up'
  promtool query instant http://127.0.0.1:9091 'sum by (job) (up)'
  curl -G 'http://127.0.0.1:9091/loki/api/v1/query_range' --data-urlencode 'query={level="error"}' -d since=24h
`

try {
  const { values } = parseArgs({
    options: {
      metrics: { type: 'string' },
      logs: { type: 'string' },
      port: { type: 'string', default: '9091' },
      host: { type: 'string', default: '127.0.0.1' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) process.stdout.write(usage)
  else if (values.metrics === undefined && values.logs === undefined)
    fail(`--metrics or --logs is missing.\n\n${usage}`)
  else if (!/^\d+$/.test(values.port) || Number(values.port) > 65_535)
    fail(`${values.port} is no port. Give a number from 0 to 65535.`)
  else await start(values.metrics, values.logs, Number(values.port), values.host)
} catch (error) {
  fail(`${(error as Error).message}\n`)
}

async function start(metrics: string | undefined, logs: string | undefined, port: number, host: string): Promise<void> {
  const samples = metrics === undefined ? undefined : read(metrics, readOpenMetrics)
  const lines = logs === undefined ? undefined : read(logs, (text) => readLines(text))
  const prometheus = samples === undefined ? undefined : new PrometheusApi(samples)
  const loki = lines === undefined ? undefined : new LokiApi(lines)
  const server = await serve({ prometheus, loki }, port, host)
  if (samples !== undefined) process.stdout.write(`${samples.size} series at ${server.url}/api/v1\n`)
  if (lines !== undefined) process.stdout.write(`${lines.size} lines at ${server.url}/loki/api/v1\n`)
  process.stdout.write('Ctrl-C stops it.\n')
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => server.close())
}

function read<T>(file: string, parse: (text: string) => T): T {
  try {
    return parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new Error(`${file} cannot be read: ${(error as Error).message}`)
  }
}

function fail(message: string): void {
  process.stderr.write(`${message.trimEnd()}\n`)
  process.exitCode = 1
}
