import { asksForLines } from './language.ts'
import { reasonsForNothing } from './nothing-found.ts'
import type { Question } from './options.ts'
import type { TelemetryServer } from './telemetry-server.ts'

export type LabelSet = Readonly<Record<string, string>>

/** Seconds since 1970, and a number as text. */
export type Point = readonly [time: number, value: string]

/** What was found, in the words of the HTTP API. */
export type Data =
  | { readonly resultType: 'scalar' | 'string'; readonly result: Point }
  | { readonly resultType: 'vector'; readonly result: readonly { readonly metric: LabelSet; readonly value: Point }[] }
  | {
      readonly resultType: 'matrix'
      readonly result: readonly { readonly metric: LabelSet; readonly values: readonly Point[] }[]
    }
  | {
      readonly resultType: 'streams'
      readonly result: readonly {
        readonly stream: LabelSet
        /** Nanoseconds since 1970 as text, and the line. */
        readonly values: readonly (readonly [time: string, line: string])[]
      }[]
    }

export interface Answer {
  readonly data: Data
  readonly warnings: readonly string[]
  readonly infos: readonly string[]
  /** Sentences that say why it is empty, where that can be known. */
  readonly reasons: readonly string[]
}

/** The server refused the query. */
export class Refused extends Error {
  override readonly name = 'Refused'

  /** @param message the server's */
  constructor(
    readonly query: string,
    message: string,
  ) {
    super(message)
  }
}

/** Loki's default for lines without a range. */
const HOUR_MS = 3_600_000

/** Values in a range without a step; so many fit into a curve. */
const DEFAULT_STEPS = 40

/**
 * Asks a server.
 *
 * @param now milliseconds since 1970
 * @throws Refused when the query is wrong, and what `server` throws
 */
export async function answerTo(question: Question, server: TelemetryServer, now = Date.now()): Promise<Answer> {
  const { path, parameters } = requestFor(question, now)
  const { status, body } = await server.send(question.language, path, parameters)
  const { data, error, warnings = [], infos = [] } = (typeof body === 'object' ? body : { error: body }) as Body
  if (status === 200 && data !== undefined) {
    const reasons = isEmpty(data) ? await reasonsForNothing(question, server) : []
    return { data, warnings, infos, reasons }
  }
  throw new Refused(question.query, (error ?? `The server answered ${status}.`).trim())
}

function isEmpty({ result }: Data): boolean {
  return result.length === 0
}

interface Body {
  readonly data?: Data
  readonly error?: string
  readonly warnings?: readonly string[]
  readonly infos?: readonly string[]
}

function requestFor(question: Question, now: number): { readonly path: string; readonly parameters: URLSearchParams } {
  const { query, language, at, limit } = question
  const end = at ?? now
  const isLines = language === 'logs' && asksForLines(query)
  const last = question.last ?? (isLines ? HOUR_MS : undefined)
  if (last === undefined) return { path: 'query', parameters: new URLSearchParams({ query, time: secondsOf(end) }) }
  const period = { query, start: secondsOf(end - last), end: secondsOf(end) }
  const rest: Record<string, string> = isLines
    ? { limit: String(limit) }
    : { step: secondsOf(question.step ?? Math.max(1000, Math.ceil(last / DEFAULT_STEPS / 1000) * 1000)) }
  return { path: 'query_range', parameters: new URLSearchParams({ ...period, ...rest }) }
}

function secondsOf(ms: number): string {
  return (ms / 1000).toFixed(3)
}
