import { mkdirSync, rmSync, truncateSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { DrillProgress } from '../../lab/progress-wire.ts'
import { lockFile } from '../../src/platform/lock-file.ts'
import { startOtlpReceiver } from '../../testkit/otlp-receiver.ts'
import { UsageError } from '../exercise/usage-error.ts'
import { ProgressFile } from '../progress/progress.ts'
import { type App, AppFailed, startApp } from './app-process.ts'
import { AskCommand } from './ask-command.ts'
import { CallLog } from './call-log.ts'
import { startCallers, trafficOf } from './callers.ts'
import { COMMANDS, runCommand } from './commands.ts'
import type { Console } from './console.ts'
import { type Exhibits, readAnswer } from './given-answer.ts'
import type { Run } from './incident.ts'
import { investigate } from './investigation.ts'
import { Judge } from './judge.ts'
import type { Options } from './options.ts'
import { writePostmortem } from './postmortem.ts'
import { quiz, type Score } from './quiz.ts'
import { seededRandom } from './random.ts'
import { RecordedTelemetry } from './recorded-telemetry.ts'
import { scrapeInto } from './scraper.ts'
import { TraceCommands } from './trace-commands.ts'
import { TraceStore } from './trace-store.ts'
import { clientOf, type Stream } from './traffic.ts'

type DrillOptions = Extract<Options, { task: 'drill' }>

/** The logs of a drill, relative to the working directory. The next drill empties the folder, but for postmortems. */
const LOGS = 'logs/drill'

const LOG_FILES = ['app.log', 'partner.log']

/** Requests of each kind during the warm-up. */
const WARM_UP_ROUNDS = 5

/** Log lines are flushed to their file within this time. */
const LOG_FLUSH_MS = 50

/** Minimum time from the fault to the pager. */
const MIN_ALARM_SECONDS = 5

/** Traffic stops after this time, so that the collected telemetry stays bounded. */
const TRAFFIC_MS = 10 * 60_000

/**
 * Runs one drill: the app with its fault, its users, the questions and the debrief. Only the log files remain.
 *
 * @param createConsole is given what ends the drill
 * @throws AppFailed when the app does not start or ends during the drill
 */
export async function drill(options: DrillOptions, createConsole: (stop: AbortController) => Console): Promise<void> {
  const logs = prepareLogFolder()
  const stop = new AbortController()
  const teardowns: (() => unknown)[] = [logs.release]
  const onSignal = () => stop.abort()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
  const console = createConsole(stop)
  try {
    const { incident, seed, calm, port, grpcPort } = options
    const heading = `\n  Incident ${incident.id}: ${console.bold(incident.title)}\n\n  Starting the app …`
    console.show({ incident: incident.id, title: incident.title, stage: 'starting', seed }, heading)
    const receiver = await startOtlpReceiver({ teardown: (end) => void teardowns.push(end as () => unknown) })
    const app = await startApp({
      incident: incident.id,
      seed,
      port,
      grpcPort,
      logs: resolve(logs.path),
      otlpEndpoint: receiver.endpoint,
    })
    teardowns.push(app.stop)
    console.show({ stage: 'quiet', url: app.url, logs: resolve(logs.path) }, introduction(app, logs.path, options))

    const { signal } = stop
    if (!signal.aborted) await warmUp(app, logs.path, trafficOf(incident, seed))
    const dayBegan = Date.now()
    const store = new TraceStore()
    const calls = new CallLog(logs.path)
    const recorded = new RecordedTelemetry(logs.path, app.url)
    const users = AbortSignal.any([signal, AbortSignal.timeout(TRAFFIC_MS)])
    const parameters = incident.fault.parameters(seededRandom(seed))
    const background = Promise.all([
      startCallers({ incident: incident.id, seed, url: app.url }, (call) => calls.add(call), users),
      scrapeInto(join(logs.path, 'metrics'), app.url, (text, time) => recorded.addScrape(text, time), users),
      collectSpans(receiver.received, store, dayBegan, signal),
    ])
    teardowns.push(
      () => background,
      () => stop.abort(),
    )

    const lost = app.ended.then(() => {
      if (!signal.aborted) throw new AppFailed('The app has ended, and the drill with it. Its log may say why.')
    })
    const dialogue = async () => {
      await waitWhileQuiet(console, calm, signal)
      if (signal.aborted) return
      const beganAt = await app.begin()
      await waitWhileQuiet(console, Math.max(MIN_ALARM_SECONDS, calm * 0.6), signal)
      if (signal.aborted) return
      const run = { parameters, beganAt, url: app.url, logs: logs.path, random: seededRandom(seed) }
      await runDialogue(console, options, run, { store, calls, recorded })
    }
    await Promise.race([dialogue(), lost])
  } finally {
    console.close()
    for (const end of teardowns.toReversed()) await end()
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, onSignal)
  }
  console.print(`\n  The app is stopped. Its logs and metrics are still in ${logs.path}, until the next drill.\n`)
}

/** A new process is slow until V8 has compiled its code. The warm-up leaves no trace in the logs. */
async function warmUp(app: App, logs: string, streams: readonly Stream[]): Promise<void> {
  const client = clientOf({ url: app.url, random: seededRandom(0), onCall: () => {} })
  for (let round = 0; round < WARM_UP_ROUNDS; round++) {
    for (const { act } of streams) await act(client)
  }
  await (await fetch(`${app.url}/metrics`)).text() // resets the lag of the event loop
  await delay(LOG_FLUSH_MS)
  for (const name of LOG_FILES) truncateSync(join(logs, name))
}

interface Collected {
  readonly store: TraceStore
  readonly calls: CallLog
  readonly recorded: RecordedTelemetry
}

/** The cause in free form, or by questions; then the debrief; then commands until the user quits. */
async function runDialogue(
  console: Console,
  { incident, seed }: DrillOptions,
  run: Run<unknown>,
  { store, calls, recorded }: Collected,
): Promise<void> {
  const pagedAt = new Date()
  const traces = new TraceCommands(store)
  const ask = new AskCommand(recorded)
  const commands = [ask, traces, calls]
  const judge = new Judge(incident.causes(run), incident.misleading ?? [], store)
  const exhibits: Exhibits = {
    traces: (prefix) => store.find(prefix),
    listedTrace: (number) => traces.listed(number),
    asked: (number) => ask.find(number),
    ask: (query) => ask.ask(query),
    lines: () => recorded.lines(),
  }
  const { report, title } = incident
  console.show({ report, paged_at: pagedAt.getTime() }, `  ${console.bold('Your pager goes off.')} ${report}`)
  const end = await investigate({ console, commands, judge, read: (text) => readAnswer(text, exhibits) })
  if (end === 'quit') return
  const score = end === 'questions' ? await quiz(incident.questions(run), { console, commands }) : undefined
  if (end === 'questions' && score === undefined) return
  const endedAt = new Date()
  remember(console, incident.id, {
    how: howFound(judge, score),
    at: endedAt.toISOString(),
    seconds: Math.round((endedAt.getTime() - pagedAt.getTime()) / 1000),
    tries: judge.tries,
    seed,
  })
  const debrief = incident.debrief(run)
  const result = `${summary(judge, score)}, after ${duration(endedAt.getTime() - pagedAt.getTime())}.`
  console.show(
    { stage: 'debrief', debrief, summary: result, ended_at: endedAt.getTime() },
    [
      `\n${console.bold('Debrief')}\n${debrief}\n`,
      result,
      `The same once more: npm run drill -- ${incident.id} --seed ${seed}`,
      'The app still runs, so that you can try what the debrief says. postmortem writes a report to fill in.',
      'quit ends it.',
    ].join('\n'),
  )
  for (let line = await console.ask(); line !== undefined && line !== 'quit'; line = await console.ask()) {
    if (line === '' || (await runCommand(line, console, commands))) continue
    if (line !== 'postmortem') {
      console.print(HELP)
      continue
    }
    const { findings, missed, tries } = judge
    const times = { beganAt: run.beganAt, pagedAt, endedAt }
    const impact = calls.impactSince(run.beganAt)
    const hasAskedForQuestions = score !== undefined
    const path = writePostmortem(run.logs, {
      title,
      report,
      ...times,
      findings,
      missed,
      tries,
      hasAskedForQuestions,
      impact,
    })
    console.show({ postmortem: resolve(path) })
    console.print(`${path} has what you found, and the times. Fill in the rest: what says "To fill in".`)
  }
}

const HELP = `${COMMANDS}
  postmortem (writes a report to fill in)   quit`

function howFound(judge: Judge, score: Score | undefined): DrillProgress['how'] {
  if (score === undefined) return judge.isDone ? 'found' : 'given up'
  return score.skipped === 0 ? 'questions' : 'given up'
}

/** A broken file of progress does not end the drill. */
function remember(console: Console, id: string, run: DrillProgress): void {
  try {
    new ProgressFile('.').rememberDrill(id, run)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    console.print(error.message)
  }
}

/** The same in words. */
function summary({ findings, missed, tries }: Judge, score: Score | undefined): string {
  const found = findings.map(
    (finding) => `found with answer ${finding.tries}, by ${finding.evidence.map(({ name }) => name).join(' and ')}`,
  )
  const causes = findings.length === 0 ? 'not found' : `${missed} more not found`
  const open = missed === 0 ? [] : [`${causes}, with ${tries === 1 ? '1 answer' : `${tries} answers`} in free form`]
  const guided = score === undefined ? [] : [scoreText(score)]
  const text = [...found, ...open, ...guided].join('; ')
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}

function scoreText({ questions, rightAtOnce, missed, skipped, hints }: Score): string {
  return `guided questions: ${rightAtOnce} of ${questions} right at the first try, ${missed} missed, ${hints} hints, ${skipped} skipped`
}

function duration(ms: number): string {
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

function introduction({ url }: App, logs: string, { seed }: DrillOptions): string {
  return [
    '',
    `  App      ${url}`,
    `  Lab      ${url} in a browser shows all of it live`,
    `  Logs     tail -f ${logs}/app.log, and partner.log beside it`,
    `  Metrics  curl ${url}/metrics; each scrape of the drill is kept in ${logs}/metrics`,
    '  Ask      the command ask, here, once you are asked: PromQL and LogQL',
    '  Traces   the commands traces, trace and span, here too',
    '  Clients  the command clients, here too: how long callers waited',
    `  Seed     ${seed}`,
    '',
    '  Keep a second terminal open for curl and grep, or put ! before a command. Ctrl-C ends the drill.',
    '',
  ].join('\n')
}

/** Shows the same status before and after the fault begins. */
async function waitWhileQuiet(console: Console, seconds: number, signal: AbortSignal): Promise<void> {
  const end = performance.now() + seconds * 1000
  for (let left = end - performance.now(); left > 0 && !signal.aborted; left = end - performance.now()) {
    console.status('  All is quiet. Look around meanwhile, so that you know what is normal …')
    await delay(Math.min(left, 200))
  }
  console.status('')
}

/** Moves the spans that began after `since` from the receiver into the store until the signal aborts. */
async function collectSpans(
  received: Awaited<ReturnType<typeof startOtlpReceiver>>['received'],
  store: TraceStore,
  since: number,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    store.add(received.all.filter(({ startMs }) => startMs >= since))
    received.clear()
    await delay(100)
  }
}

/** Empties the log folder, and locks it against a second drill. */
function prepareLogFolder(): { readonly path: string; readonly release: () => void } {
  mkdirSync(LOGS, { recursive: true })
  const lock = lockFile(join(LOGS, 'lock'))
  if ('heldBy' in lock) throw new AppFailed(`Another drill runs here already, as process ${lock.heldBy}. End it first.`)
  rmSync(join(LOGS, 'metrics'), { recursive: true, force: true })
  for (const name of LOG_FILES) rmSync(join(LOGS, name), { force: true })
  mkdirSync(join(LOGS, 'metrics'))
  return { path: relative('.', LOGS), release: lock.release }
}
