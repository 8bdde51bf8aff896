/** `npm run query`: serves a file of samples with Prometheus' HTTP API, and one of lines with Loki's; tests rules. */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { readLines } from '../lines/read-lines.ts'
import { describeDuplicates } from '../rules/duplicate-rules.ts'
import { RuleSet, readRuleFiles } from '../rules/rule-set.ts'
import { runUnitTests } from '../rules/run-unit-tests.ts'
import { queriesOver } from '../rules/samples.ts'
import { readOpenMetrics } from '../series/read-openmetrics.ts'
import type { SeriesStore } from '../series/store.ts'
import { LokiApi } from './loki-api.ts'
import { PrometheusApi } from './prometheus-api.ts'
import { serve } from './serve.ts'

const usage = `Usage: npm run query -- [--metrics FILE] [--logs FILE] [options]
       npm run query -- --check-rules FILE…
       npm run query -- --test-rules FILE…

Answers PromQL over a file of samples, with the HTTP API of Prometheus 3, and LogQL over a file of lines, with that of
Loki 3. Checks and tests rules as promtool does.

  --metrics FILE       OpenMetrics text in which each sample has a timestamp
  --rules FILE         recording and alerting rules, evaluated over these samples; may be given several times
  --logs FILE          one JSON object a line with its time, as the app writes logs/app.log
  --check-rules FILE…  check rule files, as promtool check rules
  --test-rules FILE…   run files of unit tests, as promtool test rules
  --port N             default 9091
  --host ADDRESS       default 127.0.0.1

  curl 'http://127.0.0.1:9091/api/v1/query?query=up'
  promtool query instant http://127.0.0.1:9091 'sum by (job) (up)'
  curl -G 'http://127.0.0.1:9091/loki/api/v1/query_range' --data-urlencode 'query={level="error"}' -d since=24h
  npm run query -- --test-rules docker/prometheus/*.test.yml
`

/** Of groups that have no interval, as in Prometheus. */
const DEFAULT_INTERVAL_MS = 60_000

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      metrics: { type: 'string' },
      rules: { type: 'string', multiple: true, default: [] },
      logs: { type: 'string' },
      'check-rules': { type: 'string', multiple: true, default: [] },
      'test-rules': { type: 'string', multiple: true, default: [] },
      port: { type: 'string', default: '9091' },
      host: { type: 'string', default: '127.0.0.1' },
      help: { type: 'boolean', default: false },
    },
  })
  const { 'check-rules': checked, 'test-rules': tested } = values
  if (values.help) process.stdout.write(usage)
  else if (tested.length > 0) testRules([...tested, ...positionals])
  else if (checked.length > 0) checkRules([...checked, ...positionals])
  else if (positionals.length > 0) fail(`${positionals[0]} is not an option.\n\n${usage}`)
  else if (values.metrics === undefined && values.logs === undefined)
    fail(`--metrics or --logs is missing.\n\n${usage}`)
  else if (values.rules.length > 0 && values.metrics === undefined)
    fail('--rules needs --metrics: rules are evaluated over its samples.')
  else if (!/^\d+$/.test(values.port) || Number(values.port) > 65_535)
    fail(`${values.port} is no port. Give a number from 0 to 65535.`)
  else await start(values.metrics, values.logs, values.rules, Number(values.port), values.host)
} catch (error) {
  fail(`${(error as Error).message}\n`)
}

async function start(
  metrics: string | undefined,
  logs: string | undefined,
  ruleFiles: readonly string[],
  port: number,
  host: string,
): Promise<void> {
  const samples = metrics === undefined ? undefined : read(metrics, readOpenMetrics)
  const lines = logs === undefined ? undefined : read(logs, (text) => readLines(text))
  const rules = samples === undefined ? undefined : evaluated(ruleFiles, samples)
  const prometheus = samples === undefined ? undefined : new PrometheusApi(samples, {}, Date.now, rules)
  const loki = lines === undefined ? undefined : new LokiApi(lines)
  const server = await serve({ prometheus, loki }, port, host)
  if (samples !== undefined) process.stdout.write(`${samples.size} series at ${server.url}/api/v1\n`)
  if (lines !== undefined) process.stdout.write(`${lines.size} lines at ${server.url}/loki/api/v1\n`)
  process.stdout.write('Ctrl-C stops it.\n')
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => server.close())
}

/** Evaluates the rules at all times of which there are samples. What they record becomes part of the samples. */
function evaluated(patterns: readonly string[], samples: SeriesStore): RuleSet {
  const { files, problems } = readRuleFiles(patterns)
  if (problems.length > 0) throw new Error(problems.join('\n'))
  if (files.length === 0 && patterns.length > 0) throw new Error(`there is no rule file ${patterns.join(', ')}`)
  const rules = new RuleSet({ store: samples, query: queriesOver(samples), interval: DEFAULT_INTERVAL_MS })
  rules.replace(files, 0)
  const { first, last } = samples.period
  if (files.length > 0 && first !== undefined && last !== undefined) rules.replay(first, last)
  return rules
}

function testRules(files: readonly string[]): void {
  for (const file of files) {
    process.stdout.write(`Unit Testing:  ${file}\n`)
    const { failures, warnings } = runUnitTests(file)
    for (const warning of warnings) process.stderr.write(`${warning}\n`)
    if (failures.length === 0) process.stdout.write('  SUCCESS\n\n')
    else fail(`  FAILED:\n${failures.join('\n\n')}\n`)
  }
}

function checkRules(files: readonly string[]): void {
  for (const file of files) {
    process.stdout.write(`Checking ${file}\n`)
    const { files: read, problems } = readRuleFiles([file])
    const groups = read.flatMap((one) => one.groups)
    const duplicates = describeDuplicates(groups)
    if (read.length === 0) fail(`  FAILED:\n${file}: there is no such file\n`)
    else if (problems.length > 0) fail(`  FAILED:\n${problems.join('\n')}\n`)
    else if (duplicates !== undefined) process.stderr.write(`  FAILED:\nlint error ${duplicates}\n\n`)
    else process.stdout.write(`  SUCCESS: ${groups.flatMap(({ rules }) => rules).length} rules found\n\n`)
  }
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
