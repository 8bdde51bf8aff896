/**
 * Loki's HTTP API for queries, without a server: it is given a path and parameters, and says what to answer.
 * https://grafana.com/docs/loki/latest/reference/loki-http-api/
 */

import type { LineSource, Stream } from '../lines/line.ts'
import { LogEngine, type LogResult, type LogResultSeries, type LogSample } from '../logql/engine.ts'
import { LogParseError } from '../logql/errors.ts'
import { parseLogQuery, parseStreamSelector } from '../logql/parse.ts'
import { DEFAULT_LIMITS, type Limits } from '../promql/budget.ts'
import { formatValue } from '../promql/format-number.ts'
import { ExecutionError, InvalidQuery, QueryTimeout } from '../promql/value.ts'
import { compareText } from '../series/labels.ts'
import { Unsupported } from '../unsupported.ts'
import { readBounds, readDirection, readInterval, readLineLimit, readLogTime, readStep } from './loki-parameters.ts'
import { BadParameter } from './parameters.ts'
import type { ApiResponse } from './prometheus-api.ts'

export class LokiApi {
  readonly #source: LineSource
  readonly #limits: Limits
  readonly #now: () => number

  /** @param now milliseconds since 1970, for queries that give no time */
  constructor(source: LineSource, limits: Limits = DEFAULT_LIMITS, now: () => number = Date.now) {
    this.#source = source
    this.#limits = limits
    this.#now = now
  }

  /**
   * @param path below `/loki/api/v1/`
   * @param parameters of the URL, of the form in the body, or of both
   * @returns undefined when there is no such path. Errors are plain text, as Loki's are.
   */
  answer(path: string, parameters: URLSearchParams): ApiResponse | undefined {
    const handler = this.#handlerOf(path)
    if (handler === undefined) return undefined
    try {
      return { status: 200, body: handler(parameters) }
    } catch (error) {
      return failure(error as Error)
    }
  }

  #handlerOf(path: string): ((parameters: URLSearchParams) => unknown) | undefined {
    switch (path) {
      case 'query':
        return (parameters) => success(this.#query(parameters))
      case 'query_range':
        return (parameters) => success(this.#queryRange(parameters))
      case 'series':
        return (parameters) => success(this.#series(parameters))
      case 'labels':
      case 'label':
        return (parameters) => success(this.#labels(parameters))
      case 'index/stats':
        return (parameters) => this.#indexStats(parameters)
      case 'status/buildinfo':
        return () => BUILD
    }
    const [, label] = /^label\/([^/]+)\/values$/.exec(path) ?? []
    if (label === undefined) return undefined
    return (parameters) => success(this.#labelValues(decodeURIComponent(label), parameters))
  }

  get #nanoseconds(): bigint {
    return BigInt(this.#now()) * 1_000_000n
  }

  #query(parameters: URLSearchParams): unknown {
    readLineLimit(parameters)
    const time = readLogTime(parameters, 'time', this.#nanoseconds)
    readDirection(parameters)
    return dataOf(new LogEngine(this.#source, this.#limits).instant(parameters.get('query') ?? '', time))
  }

  #queryRange(parameters: URLSearchParams): unknown {
    const { start, end } = readBounds(parameters, this.#nanoseconds)
    const limit = readLineLimit(parameters)
    const direction = readDirection(parameters)
    const step = readStep(parameters, start, end)
    const interval = readInterval(parameters)
    const query = parseLogQuery(parameters.get('query') ?? '')
    const period = query.kind === 'log' ? { start, end } : aligned(start, end, step)
    const range = { ...period, limit, direction, step, interval }
    return dataOf(new LogEngine(this.#source, this.#limits).range(query, range))
  }

  #series(parameters: URLSearchParams): unknown {
    const written = [...parameters.getAll('match[]'), ...parameters.getAll('match')]
    const selectors = written.map((text) => text.replaceAll(' ', '')).join() === '{}' ? [] : written
    return this.#matching(parameters, selectors).map(({ labels }) => labels.toRecord())
  }

  #labels(parameters: URLSearchParams): unknown {
    const names = this.#asked(parameters).flatMap(({ labels }) => labels.entries().map(([name]) => name))
    return [...new Set(names)].sort(compareText)
  }

  #labelValues(label: string, parameters: URLSearchParams): unknown {
    const values = this.#asked(parameters).map(({ labels }) => labels.get(label))
    return [...new Set(values)].filter((value) => value !== '').sort(compareText)
  }

  /** How much a query would read. */
  #indexStats(parameters: URLSearchParams): unknown {
    const { start, end } = readBounds(parameters, this.#nanoseconds)
    const streams = this.#asked(parameters)
    const lines = streams.flatMap(({ lines }) => lines.filter(({ time }) => time >= start && time <= end))
    const bytes = lines.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0)
    return { streams: streams.length, chunks: streams.length, entries: lines.length, bytes }
  }

  #asked(parameters: URLSearchParams): readonly Stream[] {
    const query = parameters.get('query') ?? ''
    return this.#matching(parameters, query === '' ? [] : [query])
  }

  /** The streams that one of the selectors selects, all without any, that have a line in the period. */
  #matching(parameters: URLSearchParams, selectors: readonly string[]): readonly Stream[] {
    const { start, end } = readBounds(parameters, this.#nanoseconds)
    const matchers = selectors.map(parseStreamSelector)
    const streams = this.#source
      .select([])
      .filter(
        ({ labels }) =>
          matchers.length === 0 ||
          matchers.some((all) => all.every((matcher) => matcher.matches(labels.get(matcher.name)))),
      )
    return streams.filter(({ lines }) => lines.some(({ time }) => time >= start && time <= end))
  }
}

/** The version whose answers these are. Grafana asks for it, to know what the server can do. */
const BUILD = { version: '3.7.6', revision: '', branch: '', buildUser: '', buildDate: '', goVersion: '' }

function success(data: unknown): unknown {
  return { status: 'success', data }
}

/** Loki splits metric queries by time, and for that moves their steps to whole multiples. */
function aligned(start: bigint, end: bigint, step: bigint): { readonly start: bigint; readonly end: bigint } {
  return { start: start - (start % step), end: end % step === 0n ? end : end + step - (end % step) }
}

function dataOf(result: LogResult): unknown {
  switch (result.type) {
    case 'streams':
      return {
        resultType: 'streams',
        result: result.streams.map(({ labels, lines }) => ({
          stream: Object.fromEntries(labels),
          values: lines.map(([time, text]) => [String(time), text]),
        })),
        stats: {},
      }
    case 'scalar':
      return { resultType: 'scalar', result: pointOf(result.sample), stats: {} }
    case 'vector':
      return {
        resultType: 'vector',
        result: result.series.map(({ labels, samples: [sample] }) => ({
          metric: labels.toRecord(),
          value: pointOf(sample as LogSample),
        })),
        stats: {},
      }
    case 'matrix':
      return { resultType: 'matrix', result: result.series.map(seriesOf), stats: {} }
  }
}

function seriesOf({ labels, samples }: LogResultSeries): unknown {
  return { metric: labels.toRecord(), values: samples.map(pointOf) }
}

function pointOf([time, value]: LogSample): [number, string] {
  return [Number(time / 1_000_000n) / 1000, formatValue(value)]
}

function failure(error: Error): ApiResponse {
  const isBad = error instanceof BadParameter || error instanceof LogParseError || error instanceof InvalidQuery
  if (isBad || error instanceof ExecutionError) return { status: 400, body: error.message }
  if (error instanceof Unsupported) return { status: 400, body: error.message }
  if (error instanceof QueryTimeout) return { status: 504, body: error.message }
  throw error
}
