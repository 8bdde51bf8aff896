import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { type LogLine, readLogLines } from '../../../testkit/log-file.ts'
import { type Exposition, parseMetrics } from '../../../testkit/openmetrics.ts'
import { scrape } from '../../../testkit/scrape.ts'
import { waitFor } from '../../../testkit/wait-for.ts'

const script = fileURLToPath(new URL('../../../tutor/drill/main.js', import.meta.url))

/** For `--calm`: short, because a test needs no time to look around. */
export const CALM = '2'

/** A trace in the drill's list. */
export interface ListedTrace {
  readonly began: string
  readonly took: number
  readonly spans: number
  readonly root: string
}

/** A row of the output of `clients`. Durations are in milliseconds. */
export interface ClientRow {
  readonly route: string
  readonly calls: number
  readonly failed: number
  readonly unanswered: number
  readonly p50: number
  readonly p99: number
  readonly slowest: number
  readonly requestId: string
}

/** A drill in a separate process, with input from a pipe. */
export interface DrillProcess {
  readonly url: string
  readonly pid: number
  /** Output so far. */
  output(): string
  stderr(): string
  /** Types a line without waiting. */
  type(line: string): void
  /** Types a line and returns the output up to the next prompt. */
  say(line: string): Promise<string>
  /** Cites evidence alone, which must show the cause. */
  cite(evidence: string): Promise<void>
  /** Cites evidence alone, which must not show the cause, for that reason. */
  citeInVain(evidence: string, reason: RegExp): Promise<void>
  /** Asks for the guided questions. */
  askForQuestions(): Promise<void>
  /** Gives a wrong answer, which must be rejected, then the right one, which must be accepted. */
  answer(wrong: string, right: string): Promise<void>
  /** The letter of the first matching option of the current question. */
  option(fits: RegExp): string
  /** The matching "request completed" lines so far. */
  requests(fits: Partial<LogLine>): Promise<LogLine[]>
  traces(query: string): Promise<ListedTrace[]>
  /** Calls since the drill began. */
  clients(): Promise<ClientRow[]>
  metrics(): Promise<Exposition>
  /** The drill's scrapes, earliest first. */
  scrapes(): Promise<Exposition[]>
  /** Ends the input and returns the exit code. */
  end(): Promise<number | null>
  kill(signal: NodeJS.Signals): Promise<number | null>
  readonly folder: string
}

/*
 * Tests do the drills without knowledge of the faults: they derive their answers from logs, metrics and traces. So they
 * prove that a fault is visible there, that all is normal before it begins, and that the drill accepts only the right
 * answers.
 */

/** Starts `npm run drill` on free ports and waits for it to ask for the cause. */
export async function startDrill(t: Test, args: readonly string[]): Promise<DrillProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'course-app-drill-'))
  const child = spawn(process.execPath, [script, ...args, '--port', '0', '--grpc-port', '0'], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
  })
  let output = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const exited = once(child, 'close').then(([code]) => code as number | null)
  t.teardown(async () => {
    child.kill()
    await exited
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  })
  const prompt = (from: number) =>
    waitFor('the drill to wait for a line', () => output.length > from && output.endsWith('> '), {
      timeout: 90_000,
      seen: () => output.slice(-2000) + stderr,
    })
  await prompt(0)
  const url = /App +(http:\S+)/.exec(output)?.[1] ?? ''

  function type(line: string): void {
    child.stdin.write(`${line}\n`)
  }

  async function say(line: string): Promise<string> {
    const from = output.length
    type(line)
    await prompt(from)
    return output.slice(from, -2)
  }

  return {
    url,
    pid: child.pid ?? 0,
    folder,
    output: () => output,
    stderr: () => stderr,
    type,
    say,
    async cite(evidence) {
      t.match(await say(evidence), /^That shows it\. What is the cause\?$/m, `${evidence} shows it`)
    },
    async citeInVain(evidence, reason) {
      const reply = await say(evidence)
      t.match(reply, reason, `${evidence} does not show it`)
      t.notMatch(reply, /That shows it/)
    },
    async askForQuestions() {
      t.match(await say('questions'), /\nQuestion 1 of /)
    },
    async answer(wrong, right) {
      t.match(await say(wrong), /^Not quite\. \S/, `"${wrong}" is refused`)
      t.match(await say(right), /^Right\./, `"${right}" is accepted`)
    },
    option(fits) {
      const asked = output.slice(output.lastIndexOf('\nQuestion '))
      const options = [...asked.matchAll(/^ {2}([a-e])\) (.*)$/gm)]
      const [, letter] = options.find(([, , text]) => fits.test(text as string)) ?? []
      if (letter === undefined) throw new Error(`no option fits ${fits}:\n${asked}`)
      return letter
    },
    async requests(fits) {
      const lines = await readLogLines(join(folder, 'logs/drill/app.log'))
      return lines.filter(
        (line) =>
          line.message === 'request completed' && Object.entries(fits).every(([field, value]) => line[field] === value),
      )
    },
    async traces(query) {
      const rows = (await say(`traces ${query}`)).matchAll(/^ *\d+ (\d\d:\d\d:\d\d)\.\d+ +([\d.]+) ms +(\d+) +(.*)$/gm)
      return [...rows].map(([, began, took, spans, root]) => ({
        began: began as string,
        took: Number(took),
        spans: Number(spans),
        root: root as string,
      }))
    },
    async clients() {
      const row = /^ {2}((?:GET|POST) \S+) +(\d+) +(\d+) +(\d+) +(\d+) ms +(\d+) ms +(\d+) ms {2}(.*)$/gm
      return [...(await say('clients all')).matchAll(row)].map(([, route, ...cells]) => {
        const [calls, failed, unanswered, p50, p99, slowest] = cells.slice(0, 6).map(Number) as [
          number,
          number,
          number,
          number,
          number,
          number,
        ]
        const [requestId] = cells.slice(6) as [string]
        return { route: route as string, calls, failed, unanswered, p50, p99, slowest, requestId }
      })
    },
    metrics: () => scrape(`${url}/metrics`),
    async scrapes() {
      const kept = join(folder, 'logs/drill/metrics')
      const texts = await Promise.all((await readdir(kept)).sort().map((name) => readFile(join(kept, name), 'utf8')))
      return texts.filter((text) => text.endsWith('\n')).map((text) => parseMetrics(text, 'prometheus'))
    },
    end() {
      child.stdin.end()
      return exited
    },
    kill(signal) {
      child.kill(signal)
      return exited
    },
  }
}

/** Median. */
export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN
}

/** More than an hour after a line's time, but not by a time zone offset: a wrong answer. */
export function muchLater(time: string): string {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number)
  const later = (hours * 3600 + minutes * 60 + seconds + 4500) % 86_400
  return [later / 3600, (later / 60) % 60, later % 60]
    .map((part) => String(Math.floor(part)).padStart(2, '0'))
    .join(':')
}

/** Start time of a line's request, as `14:05:30`. */
export function startOf(line: LogLine): string {
  return new Date(startedAt(line)).toISOString().slice(11, 19)
}

/** The same in milliseconds since 1970. */
export function startedAt({ time, latency }: LogLine): number {
  return Date.parse(time) - Number(latency)
}

export function latencies(lines: readonly LogLine[]): number[] {
  return lines.map(({ latency }) => Number(latency))
}

/** Chooses a wrong option of the current question, then the right one. */
export async function causeIs(drill: DrillProcess, right: RegExp): Promise<void> {
  const letter = drill.option(right)
  await drill.answer(letter === 'a' ? 'b' : 'a', letter)
}

/**
 * Runs each command of the debrief, which must print something.
 *
 * @returns the debrief
 */
export async function tryDebrief(t: Test, drill: DrillProcess): Promise<string> {
  const debrief = drill.output().slice(drill.output().lastIndexOf('\nDebrief\n'))
  const commands = [...debrief.matchAll(/^ {5}(\S.*)$/gm)].map(([, command]) => command as string)
  t.ok(commands.length >= 3, 'it has commands to try')
  for (const command of commands.filter((each) => !each.includes('<'))) {
    const printed = await drill.say(/^(traces?|span|clients|ask|!)/.test(command) ? command : `!${command}`)
    t.match(printed, /\S/, command)
    t.notMatch(
      printed,
      /No such trace|There is no trace|First show a trace|The trace has the lines|No call|answer is empty|parse error/,
      command,
    )
  }
  return debrief
}

/** The first of `count` consecutive lines slower than `ms`. */
export function firstOfSlow(lines: readonly LogLine[], ms: number, inARow: number): LogLine {
  const slow = (line: LogLine) => Number(line.latency) > ms
  const found = lines.find((_, at) => at + inARow <= lines.length && lines.slice(at, at + inARow).every(slow))
  if (found === undefined) throw new Error(`never ${inARow} lines above ${ms} ms in a row: ${latencies(lines).join()}`)
  return found
}
