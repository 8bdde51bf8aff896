/** The APIs of Prometheus and Loki, as the Lab serves them. */
import type { Exemplar, Explanation, Language, ParsedQuery, PartType, QueryResult } from '../../wire.ts'
import { ApiError, getJson } from '../server/api.ts'
import { PERIODS, type Question } from './questions.ts'

/** Log lines with the same labels. */
export interface Stream {
  readonly stream: Readonly<Record<string, string>>
  readonly values: readonly (readonly [nanoseconds: string, line: string])[]
}

export type Data = QueryResult | { readonly resultType: 'streams'; readonly result: readonly Stream[] }

/** What a query has given. */
export interface Answer {
  readonly question: Question
  /** Seconds since 1970. The start is equal to the end for an instant. */
  readonly start: number
  readonly end: number
  readonly data: Data
  readonly warnings: readonly string[]
  readonly infos: readonly string[]
}

export interface RuleGroup {
  readonly name: string
  readonly file: string
  /** Seconds. */
  readonly interval: number
  readonly rules: readonly (RecordingRule | AlertingRule)[]
}

interface Rule {
  readonly name: string
  readonly query: string
  readonly health: 'ok' | 'err' | 'unknown'
  readonly lastError?: string
}

export interface RecordingRule extends Rule {
  readonly type: 'recording'
}

export interface AlertingRule extends Rule {
  readonly type: 'alerting'
  readonly state: 'inactive' | 'pending' | 'firing' | 'unknown'
  /** Seconds. */
  readonly duration: number
  readonly keepFiringFor: number
  readonly annotations: Readonly<Record<string, string>>
  readonly alerts: readonly Alert[]
}

export interface Alert {
  readonly state: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  /** RFC 3339. */
  readonly activeAt: string
  readonly value: string
}

/** Points of a line, at most. */
const POINTS = 250
/** Log lines of an answer. */
export const MOST_LINES = 200
/** Log queries have no instant; for them it is the whole of what is kept, in seconds. */
const ALL_LINES = 900

/**
 * Runs a query.
 *
 * @param time of the end, in seconds since 1970
 * @throws ApiError with the server's message
 */
export async function ask(question: Question, time: number): Promise<Answer> {
  const type = await readable(question)
  return question.language === 'promql' ? askPrometheus(question, time) : askLoki(question, time, type)
}

/** A query that cannot be read is not sent: browsers report each answer with 400. @throws ApiError for such a query */
async function readable({ language, query }: Question): Promise<PartType | null> {
  const { type, error } = await parse(language, query)
  if (error !== null) throw new ApiError(400, error.message)
  return type
}

/** The full result of a part of a query. @throws ApiError with the server's message */
export async function askInstant(language: Language, query: string, time: number): Promise<QueryResult> {
  const at = language === 'promql' ? String(time) : nanoseconds(time)
  return (await get<QueryResult>(language, 'query', { query, time: at })).data
}

/** @throws ApiError with the server's message */
export async function explain(question: Question, time: number): Promise<Explanation> {
  await readable(question)
  const { language, query, over } = question
  const start = time - (PERIODS[over] || ALL_LINES)
  return getJson<Explanation>('explain', { language, query, time: String(time), start: String(start) })
}

/** Whether the query can be read, and what it gives. */
export function parse(language: Language, query: string): Promise<ParsedQuery> {
  return getJson<ParsedQuery>('parse', { language, query })
}

/** Names of labels, values and the like. @param path below `/api/v1/` */
export async function lookUp<T>(language: Language, path: string, query: Record<string, string> = {}): Promise<T> {
  const { data } = await get<T>(language, path, query)
  return data
}

async function askPrometheus(question: Question, time: number): Promise<Answer> {
  const { query, over } = question
  const seconds = PERIODS[over]
  const start = time - seconds
  const found =
    seconds === 0
      ? await get<QueryResult>('promql', 'query', { query, time: String(time) })
      : await get<QueryResult>('promql', 'query_range', {
          query,
          start: String(start),
          end: String(time),
          step: String(stepOf(seconds)),
        })
  return { question, start, end: time, data: found.data, warnings: found.warnings ?? [], infos: found.infos ?? [] }
}

async function askLoki(question: Question, time: number, type: PartType | null): Promise<Answer> {
  const { query, over } = question
  const isInstant = over === 'now' && type !== 'log lines'
  const seconds = isInstant ? 0 : PERIODS[over] || ALL_LINES
  const start = time - seconds
  const { data } = isInstant
    ? await get<Data>('logql', 'query', { query, time: nanoseconds(time) })
    : await get<Data>('logql', 'query_range', {
        query,
        start: nanoseconds(start),
        end: nanoseconds(time),
        step: String(stepOf(seconds)),
        limit: String(MOST_LINES),
      })
  return { question, start, end: time, data, warnings: [], infos: [] }
}

/** The rules that the Lab evaluates, and why rule files are not used as they are. */
export async function readRules(): Promise<{
  readonly groups: readonly RuleGroup[]
  readonly problems: readonly string[]
}> {
  const { data, warnings = [] } = await get<{ groups: RuleGroup[] }>('promql', 'rules', {})
  return { groups: data.groups, problems: warnings }
}

/** Exemplars of the series that a query reads, oldest first. */
export async function findExemplars({ question: { query }, start, end }: Answer): Promise<Exemplar[]> {
  const found = await lookUp<FoundSeries[]>('promql', 'query_exemplars', {
    query,
    start: String(start),
    end: String(end),
  })
  return found
    .flatMap(({ seriesLabels: { method = '', route = '', status = '' }, exemplars }) =>
      exemplars.flatMap(({ labels: { trace_id, span_id = '' }, value, timestamp }) =>
        trace_id === undefined
          ? []
          : [{ trace_id, span_id, time: timestamp * 1000, value: Number(value), method, route, status }],
      ),
    )
    .sort((a, b) => a.time - b.time)
}

interface FoundSeries {
  readonly seriesLabels: Readonly<Record<string, string>>
  readonly exemplars: readonly {
    readonly labels: Readonly<Record<string, string>>
    readonly value: string
    readonly timestamp: number
  }[]
}

/** Seconds; whole ones, because there is one sample a second. */
function stepOf(seconds: number): number {
  return Math.max(1, Math.ceil(seconds / POINTS))
}

function nanoseconds(seconds: number): string {
  return `${Math.round(seconds * 1000)}000000`
}

interface Found<T> {
  readonly data: T
  readonly warnings?: readonly string[]
  readonly infos?: readonly string[]
}

const BASES: Readonly<Record<Language, string>> = {
  promql: '/lab/prometheus/api/v1/',
  logql: '/lab/loki/api/v1/',
}

/** By POST, because queries may be longer than an address. Prometheus' errors are JSON, Loki's plain text. */
async function get<T>(language: Language, path: string, query: Record<string, string>): Promise<Found<T>> {
  const isQuery = path.startsWith('query')
  const form = new URLSearchParams(query)
  const url = BASES[language] + path
  let response: Response
  try {
    response = isQuery
      ? await fetch(url, { method: 'POST', body: form, cache: 'no-store' })
      : await fetch(`${url}?${form}`, { cache: 'no-store' })
  } catch {
    throw new ApiError(0, 'The server does not answer.')
  }
  const text = await response.text()
  if (response.ok) return JSON.parse(text) as Found<T>
  throw new ApiError(response.status, messageIn(text))
}

function messageIn(text: string): string {
  try {
    const { error, detail, message } = JSON.parse(text) as { error?: string; detail?: string; message?: string }
    return error ?? detail ?? message ?? text
  } catch {
    return text
  }
}
