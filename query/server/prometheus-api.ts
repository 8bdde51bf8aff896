/**
 * Prometheus' HTTP API for queries, without a server: it is given a path and parameters, and says what to answer.
 * https://prometheus.io/docs/prometheus/latest/querying/api/
 */

import { DEFAULT_LIMITS } from '../promql/budget.ts'
import { Engine, type EngineOptions } from '../promql/engine.ts'
import { type Expression, operandsOf, type VectorSelector } from '../promql/expression.ts'
import { formatValue } from '../promql/format-number.ts'
import { parseExpression, parseSelector } from '../promql/parse.ts'
import { ParseError } from '../promql/position.ts'
import { ExecutionError, InvalidQuery, QueryTimeout } from '../promql/value.ts'
import { quote } from '../quote.ts'
import { compareLabels, compareText } from '../series/labels.ts'
import type { Matcher } from '../series/matcher.ts'
import type { Exemplar, Metadata, SampledSeries, SeriesSource } from '../series/series.ts'
import { type QueryData, toQueryData } from './answer-query.ts'
import {
  BadParameter,
  invalid,
  readDuration,
  readLimit,
  readOptionalDuration,
  readOptionalTime,
  readTime,
} from './parameters.ts'
import { listAlerts, listRules, type RuleSource } from './rules-api.ts'

/** A series, and the exemplars that were seen with it. */
export interface ServedSeries extends SampledSeries {
  readonly exemplars?: readonly Exemplar[]
}

/** What is served. */
export interface ServedSource extends SeriesSource {
  select(matchers: readonly Matcher[]): readonly ServedSeries[]
  /** By the name of the metric family. */
  readonly metadata: ReadonlyMap<string, Metadata>
  /** What each answer must warn of, such as series that are missing. */
  readonly warnings?: readonly string[]
}

/** What to send back. */
export interface ApiResponse {
  readonly status: number
  /** To be sent as JSON, or as plain text if it is a string. */
  readonly body: unknown
}

interface Found {
  readonly data: unknown
  readonly warnings?: readonly string[]
  readonly infos?: readonly string[]
}

/** The version whose answers these are. */
const PROMETHEUS_VERSION = '3.14.0'

/** Grafana asks for it, to know what the server can do. */
const BUILD = { version: PROMETHEUS_VERSION, revision: '', branch: '', buildUser: '', buildDate: '', goVersion: '' }

const MOST_POINTS = 11_000
const TRUNCATED = 'results truncated due to limit'

/** Answers requests of the API from a source of series. */
export class PrometheusApi {
  readonly #source: ServedSource
  readonly #options: Partial<EngineOptions>
  readonly #now: () => number
  readonly #rules: RuleSource

  /** @param now milliseconds since 1970, for queries that give no time */
  constructor(
    source: ServedSource,
    options: Partial<EngineOptions> = {},
    now: () => number = Date.now,
    rules: RuleSource = { groups: [] },
  ) {
    this.#source = source
    this.#options = options
    this.#now = now
    this.#rules = rules
  }

  /**
   * @param path below `/api/v1/`
   * @param parameters of the URL, of the form in the body, or of both
   * @returns undefined when there is no such path
   */
  answer(path: string, parameters: URLSearchParams): ApiResponse | undefined {
    const handler = this.#handlerOf(path)
    if (handler === undefined) return undefined
    try {
      const { data, warnings: own = [], infos = [] } = handler(parameters)
      const warnings = [...own, ...(this.#source.warnings ?? [])]
      return {
        status: 200,
        body: {
          status: 'success',
          data,
          ...(warnings.length > 0 ? { warnings } : {}),
          ...(infos.length > 0 ? { infos } : {}),
        },
      }
    } catch (error) {
      return failure(error as Error)
    }
  }

  #handlerOf(path: string): ((parameters: URLSearchParams) => Found) | undefined {
    switch (path) {
      case 'query':
        return (parameters) => this.#query(parameters)
      case 'query_range':
        return (parameters) => this.#queryRange(parameters)
      case 'query_exemplars':
        return (parameters) => this.#queryExemplars(parameters)
      case 'series':
        return (parameters) => this.#series(parameters)
      case 'labels':
        return (parameters) => this.#labels(parameters)
      case 'metadata':
        return (parameters) => this.#metadata(parameters)
      case 'status/buildinfo':
        return () => ({ data: BUILD })
      case 'rules':
        return (parameters) => this.#listRules(parameters)
      case 'alerts':
        return () => ({ data: listAlerts(this.#rules), warnings: this.#rules.problems ?? [] })
    }
    const [, label] = /^label\/([^/]+)\/values$/.exec(path) ?? []
    return label === undefined ? undefined : (parameters) => this.#labelValues(decoded(label), parameters)
  }

  #engine(parameters: URLSearchParams): Engine {
    const timeout = readOptionalDuration(parameters, 'timeout')
    const lookback = readOptionalDuration(parameters, 'lookback_delta')
    const limits = this.#options.limits ?? DEFAULT_LIMITS
    return new Engine(this.#source, {
      ...this.#options,
      ...(lookback === undefined ? {} : { lookback }),
      limits: timeout === undefined ? limits : { ...limits, time: Math.min(limits.time, timeout) },
    })
  }

  #query(parameters: URLSearchParams): Found {
    const limit = readLimit(parameters)
    const time = readOptionalTime(parameters, 'time', this.#now())
    const query = parsed(parameters)
    return limited(toQueryData(this.#engine(parameters).instant(query, time)), limit)
  }

  #queryRange(parameters: URLSearchParams): Found {
    const limit = readLimit(parameters)
    const start = readTime(parameters, 'start')
    const end = readTime(parameters, 'end')
    if (end < start) throw invalid('end', 'end timestamp must not be before start time')
    const step = readDuration(parameters, 'step')
    if (step <= 0)
      throw invalid('step', 'zero or negative query resolution step widths are not accepted. Try a positive integer')
    if (Math.floor((end - start) / step) > MOST_POINTS)
      throw new BadParameter(
        'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
      )
    const query = parsed(parameters)
    return limited(toQueryData(this.#engine(parameters).range(query, start, end, step)), limit)
  }

  #queryExemplars(parameters: URLSearchParams): Found {
    const start = readOptionalTime(parameters, 'start', Number.NEGATIVE_INFINITY)
    const end = readOptionalTime(parameters, 'end', Number.POSITIVE_INFINITY)
    if (end < start) throw new BadParameter('end timestamp must not be before start timestamp')
    const selectors = selectorsOf(parseExpression(parameters.get('query') ?? ''))
    const series = new Set(selectors.flatMap(({ matchers }) => this.#source.select(matchers)))
    const data = [...series].sort(byLabels).flatMap(({ labels, exemplars = [] }) => {
      const found = exemplars.filter(({ time }) => time >= start && time <= end)
      return found.length === 0 ? [] : [{ seriesLabels: labels.toRecord(), exemplars: found.map(exemplarOf) }]
    })
    return { data }
  }

  #series(parameters: URLSearchParams): Found {
    if (!parameters.has('match[]')) throw new BadParameter('no match[] parameter provided')
    const found = this.#matching(parameters, (reason) => invalid('match[]', reason))
    return cut(
      found.sort(byLabels).map(({ labels }) => labels.toRecord()),
      readLimit(parameters),
    )
  }

  #labels(parameters: URLSearchParams): Found {
    const names = this.#matching(parameters).flatMap(({ labels }) => labels.entries().map(([name]) => name))
    return cut([...new Set(names)].sort(compareText), readLimit(parameters))
  }

  #labelValues(label: string, parameters: URLSearchParams): Found {
    const values = this.#matching(parameters).map(({ labels }) => labels.get(label))
    return cut([...new Set(values)].filter((value) => value !== '').sort(compareText), readLimit(parameters))
  }

  #metadata(parameters: URLSearchParams): Found {
    const metric = parameters.get('metric') ?? ''
    const limit = readCount(parameters, 'limit')
    // There is one source only, so each family has one entry.
    readCount(parameters, 'limit_per_metric')
    const families = [...this.#source.metadata].filter(([name]) => metric === '' || name === metric)
    const kept = limit >= 0 ? families.slice(0, limit) : families
    return { data: Object.fromEntries(kept.map(([name, metadata]) => [name, [metadata]])) }
  }

  #listRules(parameters: URLSearchParams): Found {
    const selectors = parameters.getAll('match[]').map((text) => matchersOf(text, (reason) => new BadParameter(reason)))
    return { data: listRules(this.#rules, parameters, selectors), warnings: this.#rules.problems ?? [] }
  }

  /** The series that `match[]` selects, all without it, that have a sample between `start` and `end`. */
  #matching(
    parameters: URLSearchParams,
    toError: (reason: string) => Error = (reason) => new BadParameter(reason),
  ): ServedSeries[] {
    const start = readOptionalTime(parameters, 'start', Number.NEGATIVE_INFINITY)
    const end = readOptionalTime(parameters, 'end', Number.POSITIVE_INFINITY)
    const selectors = parameters.getAll('match[]').map((text) => matchersOf(text, toError))
    const found = new Set(
      (selectors.length === 0 ? [[]] : selectors).flatMap((matchers) => this.#source.select(matchers)),
    )
    return [...found].filter(({ times }) => times.some((time) => time >= start && time <= end))
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new BadParameter(`invalid label name: ${quote(text)}`)
  }
}

function parsed(parameters: URLSearchParams): { readonly text: string; readonly expression: Expression } {
  const text = parameters.get('query') ?? ''
  try {
    return { text, expression: parseExpression(text) }
  } catch (error) {
    if (error instanceof ParseError) throw invalid('query', error.message)
    throw error
  }
}

function matchersOf(text: string, toError: (reason: string) => Error): readonly Matcher[] {
  try {
    return parseSelector(text).matchers
  } catch (error) {
    if (error instanceof ParseError) throw toError(error.message)
    throw error
  }
}

function selectorsOf(expression: Expression): VectorSelector[] {
  return expression.kind === 'vectorSelector' ? [expression] : operandsOf(expression).flatMap(selectorsOf)
}

function readCount(parameters: URLSearchParams, name: string): number {
  const text = parameters.get(name) ?? ''
  if (text === '') return -1
  if (!/^[+-]?\d+$/.test(text)) throw new BadParameter(`${name} must be a number`)
  return Number(text)
}

function limited({ data, warnings, infos }: QueryData, limit: number): Found {
  const { resultType, result } = data
  if (!Array.isArray(result) || (resultType !== 'vector' && resultType !== 'matrix') || result.length <= limit)
    return { data, warnings, infos }
  return { data: { resultType, result: result.slice(0, limit) }, warnings: [...warnings, TRUNCATED], infos }
}

function cut(data: readonly unknown[], limit: number): Found {
  return data.length > limit ? { data: data.slice(0, limit), warnings: [TRUNCATED] } : { data }
}

function exemplarOf({ labels, value, time }: Exemplar): unknown {
  return { labels: labels.toRecord(), value: formatValue(value), timestamp: time / 1000 }
}

function byLabels(a: ServedSeries, b: ServedSeries): number {
  return compareLabels(a.labels, b.labels)
}

function failure(error: Error): ApiResponse {
  if (error instanceof BadParameter || error instanceof ParseError) return errorResponse(400, 'bad_data', error.message)
  if (error instanceof InvalidQuery)
    return errorResponse(400, 'bad_data', `invalid parameter ${quote('query')}: ${error.message}`)
  if (error instanceof ExecutionError) return errorResponse(422, 'execution', error.message)
  if (error instanceof QueryTimeout) return errorResponse(503, 'timeout', error.message)
  throw error
}

function errorResponse(status: number, errorType: string, error: string): ApiResponse {
  return { status, body: { status: 'error', errorType, error } }
}
