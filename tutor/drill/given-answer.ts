import type { LogLine } from '../../testkit/log-file.ts'
import { Refused } from '../ask/answer.ts'
import { OptionError } from '../ask/options.ts'
import type { Asked } from './ask-command.ts'
import type { Trace } from './trace-store.ts'

/** Evidence that an answer cites. */
export type Citation =
  | { readonly kind: 'trace'; readonly name: string; readonly trace: Trace }
  | { readonly kind: 'query'; readonly name: string; readonly asked: Asked }
  | { readonly kind: 'line'; readonly name: string; readonly lines: readonly LogLine[] }

/** An answer in free form. */
export interface GivenAnswer {
  /** What it says, without what it cites. */
  readonly words: string
  readonly citations: readonly Citation[]
  /** What it cites and does not exist, as sentences. */
  readonly unknown: readonly string[]
}

/** Where evidence is looked up. */
export interface Exhibits {
  /** The traces whose id begins like that. */
  traces(prefix: string): readonly Trace[]
  /** The trace of that number in the list that was shown last. */
  listedTrace(number: number): Trace | undefined
  asked(number: number): Asked | undefined
  /** @throws when the query is wrong */
  ask(query: string): Promise<Asked>
  lines(): readonly LogLine[]
}

const SHORTEST_ID = 8

/** Ways to cite: a pasted line, a query in backticks, `ask 3`, `trace 2`, a trace id, a request id. */
const CITATION =
  /(?<line>\{"level":.*\})|`(?:ask )?(?<query>[^`]+)`|\bask #?(?<ask>\d+)\b|\btrace #?(?<listed>\d{1,2})\b|(?:\btrace )?\b(?<trace>(?=[a-f]*\d)[0-9a-f]{8,32})(?![\w-])|(?<request>(?=[\w.-]*[-.\d])[\w.-]{4,127}\w)/gi

/** Takes an answer apart. */
export async function readAnswer(text: string, exhibits: Exhibits): Promise<GivenAnswer> {
  const citations: Citation[] = []
  const once = readingLinesOnce(exhibits)
  const unknown: string[] = []
  const taken: string[] = []
  for (const match of text.matchAll(CITATION)) {
    const found = await lookUp(match.groups as Groups, once)
    if (found === undefined) continue
    taken.push(match[0])
    if (typeof found === 'string') unknown.push(found)
    else if (!citations.some(({ name }) => name === found.name)) citations.push(found)
  }
  const words = taken.reduce((rest, cited) => rest.replace(cited, ' '), text)
  return { words: saying(words) ? withoutLoose(words) : '', citations, unknown }
}

/** Removing a citation leaves the words that led to it. */
function withoutLoose(words: string): string {
  return words
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/[\s,;:(]*\b(see|look at|as in|in|by|because of|shown (by|in)|evidence|and|or)?[\s,;:.()]*$/i, '')
}

type Groups = Readonly<Partial<Record<'line' | 'query' | 'ask' | 'listed' | 'trace' | 'request', string>>>

function readingLinesOnce(exhibits: Exhibits): Exhibits {
  let lines: readonly LogLine[] | undefined
  return {
    ...exhibits,
    lines() {
      lines ??= exhibits.lines()
      return lines
    },
  }
}

/** @returns a sentence when it does not exist; undefined when it is no citation */
async function lookUp(found: Groups, exhibits: Exhibits): Promise<Citation | string | undefined> {
  if (found.line !== undefined) return lineOf(found.line, exhibits)
  if (found.query !== undefined) return await queryOf(found.query, exhibits)
  if (found.ask !== undefined) {
    const asked = exhibits.asked(Number(found.ask))
    return asked === undefined ? `You have not asked ask ${found.ask} yet.` : citeQuery(asked)
  }
  if (found.listed !== undefined) {
    const trace = exhibits.listedTrace(Number(found.listed))
    return trace === undefined ? `The last list has no trace ${found.listed}.` : citeTrace(trace)
  }
  const id = found.trace ?? found.request ?? ''
  const traces = id.length >= SHORTEST_ID && found.trace !== undefined ? exhibits.traces(id) : []
  const [trace, other] = traces
  if (other !== undefined) return `${traces.length} traces begin with ${id}.`
  if (trace !== undefined) return citeTrace(trace)
  const lines = exhibits.lines().filter(({ request_id }) => request_id === id)
  if (lines.length > 0) return { kind: 'line', name: `request ${id}`, lines }
  return found.trace === undefined ? undefined : `There is no trace ${id}.`
}

function lineOf(text: string, exhibits: Exhibits): Citation | string {
  const line = exhibits.lines().find((known) => isSame(known, text))
  return line === undefined
    ? 'The line that you cite is not in the logs. Copy all of it.'
    : { kind: 'line', name: `line of ${line.time}`, lines: [line] }
}

function isSame(line: LogLine, text: string): boolean {
  return JSON.stringify(line) === text
}

async function queryOf(query: string, exhibits: Exhibits): Promise<Citation | string> {
  try {
    return citeQuery(await exhibits.ask(query))
  } catch (error) {
    if (!(error instanceof Refused || error instanceof OptionError)) throw error
    return `The query that you cite failed: ${error.message}`
  }
}

function citeQuery(asked: Asked): Citation {
  return { kind: 'query', name: `ask ${asked.number}`, asked }
}

function citeTrace(trace: Trace): Citation {
  return { kind: 'trace', name: `trace ${trace.traceId}`, trace }
}

/** Whether more is left than words that introduce a citation. */
function saying(words: string): boolean {
  return (
    words
      .replace(
        /\b(see|look at|because|of|in|as|and|the|id|it|shows?|this|trace|request|line|ask|query|evidence|here)\b/gi,
        '',
      )
      .replace(/\W/g, '').length >= 2
  )
}
