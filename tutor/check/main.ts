/**
 * `npm run check -- 3` checks the claims of lesson 3 against the server in the other terminal.
 * `npm run check` checks all lessons, each on a new server.
 *
 * Exit code 0: every claim holds; 1: some do not; 2: there is nothing to check.
 */
import { ConfigError, loadConfig } from '../../src/config.ts'
import { bypassProxyOnLoopback } from '../../src/platform/no-proxy.ts'
import { checkFreshServer } from './every-phase.ts'
import { checkLearnersServer, OtherPhase } from './learners-server.ts'
import { LESSONS } from './lessons.ts'
import { NoSpanSource } from './open-span-source.ts'
import { describe, type Outcome, summary } from './report.ts'
import { Teardowns } from './teardowns.ts'
import { NoServer } from './which-phase.ts'

bypassProxyOnLoopback()

const USAGE = `Usage:
  npm run check -- 3   checks the server that runs in your other terminal against lesson 3
  npm run check        checks all lessons, each on a server of its own

The server is looked for at PORT (8080), its log in LOG_FILE (logs/app.log). Its spans are received where it sends
them (OTEL_EXPORTER_JAEGER_ENDPOINT, OTEL_EXPORTER_OTLP_ENDPOINT and …_PROTOCOL), or asked of the Jaeger that is there already.`

/** Errors whose message is enough for the user. */
const USER_ERRORS = [ConfigError, NoServer, OtherPhase, NoSpanSource]

const [wanted, ...more] = process.argv.slice(2)
if (wanted === '--help' || wanted === '-h') console.log(USAGE)
else if (more.length > 0 || (wanted !== undefined && !LESSONS.includes(Number(wanted)))) {
  console.error(`There is no lesson "${[wanted, ...more].join(' ')}": they are 1 to ${LESSONS.at(-1)}.\n\n${USAGE}`)
  process.exitCode = 2
} else process.exitCode = await (wanted === undefined ? checkAll() : checkOne(Number(wanted)))

async function checkOne(lesson: number): Promise<number> {
  const scope = new Teardowns()
  try {
    const outcomes = await checkLearnersServer(lesson, loadConfig([]), scope, console.log)
    for (const outcome of outcomes) console.log(describe(outcome))
    console.log(`\n${summary(outcomes)}`)
    return exitCodeOf(outcomes)
  } catch (error) {
    if (!USER_ERRORS.some((kind) => error instanceof kind)) throw error
    console.error((error as Error).message)
    return 2
  } finally {
    await scope.run()
  }
}

async function checkAll(): Promise<number> {
  console.log('Starting a server for each lesson on free ports. To check the server that you run: npm run check -- 3')
  const all: Outcome[] = []
  for (const lesson of LESSONS) {
    console.log(`\nLesson ${lesson}`)
    const scope = new Teardowns()
    const outcomes = await checkFreshServer({ lesson }, scope).finally(() => scope.run())
    for (const outcome of outcomes) console.log(describe(outcome))
    all.push(...outcomes)
  }
  console.log(`\n${summary(all)}`)
  return exitCodeOf(all)
}

function exitCodeOf(outcomes: readonly Outcome[]): number {
  return outcomes.every(({ ok }) => ok) ? 0 : 1
}
