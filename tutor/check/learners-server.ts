import type { Config } from '../../src/config.ts'
import { claimsOf } from './claims-of.ts'
import { firstSpan } from './first-span.ts'
import { needsSpans, phaseOf, pollTimeoutOf } from './lessons.ts'
import { endpointsFromEnvironment, openSpanSource } from './open-span-source.ts'
import { checkClaims, type Outcome } from './report.ts'
import { noSpans, type SpanSource } from './span-source.ts'
import type { Scope } from './teardowns.ts'
import { NoServer, whichPhase } from './which-phase.ts'

/** The server runs in another phase. The message has the remedy. */
export class OtherPhase extends Error {
  override readonly name = 'OtherPhase'
}

/**
 * Checks the claims of a lesson against the server at the address in `config`.
 *
 * @param onOutcome is called with each outcome as it comes
 * @throws NoServer, OtherPhase or NoSpanSource when there is nothing to check.
 */
export async function checkLearnersServer(
  lesson: number,
  config: Config,
  scope: Scope,
  report: (message: string) => void,
  onOutcome?: (outcome: Outcome) => void,
): Promise<Outcome[]> {
  const url = `http://${config.HOST === '0.0.0.0' ? '127.0.0.1' : config.HOST}:${config.PORT}`
  const phase = phaseOf(lesson)
  await expectPhase(lesson, url, config.LOG_FILE)
  const spans = needsSpans(lesson) ? await openSpans(phase, url, scope, report) : noSpans
  report(`Phase ${phase} at ${url}\n`)
  const access = { url, logFile: config.LOG_FILE, spans, timeoutMs: pollTimeoutOf(lesson) }
  return await checkClaims(await claimsOf(lesson), access, onOutcome)
}

async function expectPhase(lesson: number, url: string, logFile: string): Promise<void> {
  const phase = phaseOf(lesson)
  const start = `npm run phase:${phase}`
  const found = await whichPhase(url, logFile).catch((error: unknown) => {
    if (!(error instanceof NoServer)) throw error
    throw new NoServer(`${error.message}
Start the server in another terminal and leave it running: ${start}
If it listens on another port, say so: PORT=9000 npm run check -- ${lesson}`)
  })
  if (found.phase === phase) return
  throw new OtherPhase(`The server at ${url} looks like phase ${found.phase}: ${found.because}.
Stop it with Ctrl-C and start phase ${phase}: ${start}${
    found.phase === 0 ? '' : `\nOr check the phase that runs: npm run check -- ${found.phase}`
  }${phase === 1 && found.phase === 0 ? '\nIf it logs to another file, say so: LOG_FILE=other.log npm run check -- 1' : ''}`)
}

async function openSpans(
  phase: number,
  url: string,
  scope: Scope,
  report: (message: string) => void,
): Promise<SpanSource> {
  const source = await openSpanSource(phase as 4 | 5, endpointsFromEnvironment(), scope)
  if (!(await firstSpan(url, source, report))) report(`No span has arrived at ${source.name}.`)
  return source
}
