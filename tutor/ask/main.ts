/**
 * `npm run ask -- 'up'`: asks the app in the other terminal, by its Lab, and prints the answer as a table.
 *
 * Exit code 0: there is an answer, even if it is empty; 1: the query was refused; 2: there is nothing to ask.
 */
import { parseArgs } from 'node:util'
import { ConfigError, loadConfig } from '../../src/config.ts'
import { bypassProxyOnLoopback } from '../../src/platform/no-proxy.ts'
import { answerTo, Refused } from './answer.ts'
import { describeAnswer } from './describe-answer.ts'
import { describeRefusal } from './describe-refusal.ts'
import { OPTIONS, OPTIONS_TEXT, OptionError, type Question, readQuestion } from './options.ts'
import { labOf, NoAnswer, serverAt } from './remote-server.ts'
import type { TelemetryServer } from './telemetry-server.ts'

bypassProxyOnLoopback()

const USAGE = `Usage: npm run ask -- '<query>' [options]

Asks the running app for its metrics in PromQL, or for its log in LogQL:
  npm run ask -- 'sum by (route) (rate(http_server_request_count_total[1m]))'
  npm run ask -- 'process_resident_memory_bytes' --last 5m
  npm run ask -- '{level="error"}'

${OPTIONS_TEXT}
  --url URL        asks another server: a Prometheus, a Loki, npm run query

The app is looked for at PORT (8080).`

/** Width of what is not printed to a terminal. */
const DEFAULT_WIDTH = 120

const { args, options } = { args: process.argv.slice(2), options: { ...OPTIONS, url: { type: 'string' } } as const }

try {
  process.exitCode = await main()
} catch (error) {
  if (error instanceof Refused) {
    console.error(describeRefusal(error))
    process.exitCode = 1
  } else if (error instanceof NoAnswer || error instanceof ConfigError || error instanceof OptionError) {
    console.error(error.message)
    process.exitCode = 2
  } else throw error
}

async function main(): Promise<number> {
  if (args.length === 0 || args.includes('--help') || args.includes('-h')) {
    console.log(USAGE)
    return args.length === 0 ? 2 : 0
  }
  const { question, server } = read()
  const answer = await answerTo(question, server)
  const width = process.stdout.columns || DEFAULT_WIDTH // a terminal that does not know its width says 0
  console.log(describeAnswer(answer, { width, limit: question.limit }))
  return 0
}

function read(): { readonly question: Question; readonly server: TelemetryServer } {
  const { values, positionals } = parse()
  const [query = '', ...more] = positionals
  if (more.length > 0) throw new OptionError(`One query at a time. Put it in quotes: '${positionals.join(' ')}'`)
  return { question: readQuestion(query, values, Date.now()), server: serverFor(values.url) }
}

function parse() {
  try {
    return parseArgs({ args, options, allowPositionals: true })
  } catch (error) {
    throw new OptionError(`${(error as Error).message.split('. ')[0]}.\n\n${USAGE}`)
  }
}

function serverFor(url: string | undefined): TelemetryServer {
  if (url === undefined) {
    const { HOST, PORT } = loadConfig([])
    return labOf(`http://${HOST === '0.0.0.0' ? '127.0.0.1' : HOST}:${PORT}`)
  }
  if (!URL.canParse(url) || !/^https?:/.test(url))
    throw new OptionError(`--url ${url} is not a URL, such as http://localhost:9090.`)
  return serverAt(url.replace(/\/+$/, ''))
}
