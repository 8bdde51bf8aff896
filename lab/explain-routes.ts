import type { FastifyPluginAsync } from 'fastify'
import { explainLogql } from '../query/explain/explain-logql.ts'
import { EXPLAIN_LIMITS, explainPromql } from '../query/explain/explain-promql.ts'
import type { Explanation, Language, PartType } from '../query/explain/explanation.ts'
import { LogParseError } from '../query/logql/errors.ts'
import { parseLogQuery } from '../query/logql/parse.ts'
import type { Limits } from '../query/promql/budget.ts'
import { documentedType, typeOf } from '../query/promql/check-types.ts'
import { parseExpression } from '../query/promql/parse.ts'
import { ParseError } from '../query/promql/position.ts'
import { ExecutionError, InvalidQuery, QueryTimeout } from '../query/promql/value.ts'
import { BadParameter, readOptionalTime } from '../query/server/parameters.ts'
import { Unsupported } from '../query/unsupported.ts'
import type { Collector } from './collector.ts'
import { PANEL_PHASE } from './course.ts'
import { parametersOf } from './form-parameters.ts'
import { LabError } from './lab-error.ts'
import type { Panel, ParsedQuery } from './wire.ts'

export interface ExplainRoutesOptions {
  readonly collector: Collector
  readonly panels: readonly Panel[]
  /** For all parts of a query together. */
  readonly limits: Limits
}

/** How long the lines of a log query go back, without `start`. */
const DEFAULT_PERIOD_MS = 15 * 60_000

/** `/lab/api/parse` and `/lab/api/explain`, as described in wire.ts. */
export const explainRoutes: FastifyPluginAsync<ExplainRoutesOptions> = async (app, { collector, panels, limits }) => {
  const methods = { method: ['GET', 'POST'], schema: { hide: true } }

  app.route({
    ...methods,
    url: '/parse',
    handler: async (request): Promise<ParsedQuery> => {
      const { language, query } = questionOf(parametersOf(request))
      return parse(language, query)
    },
  })

  app.route({
    ...methods,
    url: '/explain',
    handler: async (request): Promise<Explanation> => {
      const parameters = parametersOf(request)
      const { language, query } = questionOf(parameters)
      try {
        return await explain(language, query, parameters)
      } catch (error) {
        throw toLabError(error)
      }
    },
  })

  async function explain(language: Language, query: string, parameters: URLSearchParams): Promise<Explanation> {
    const explainLimits = { ...EXPLAIN_LIMITS, limits }
    const time = readOptionalTime(parameters, 'time', Date.now())
    if (language === 'promql') {
      if (collector.scrape === undefined || !panels.includes('metrics')) throw missing('metrics')
      return explainPromql(collector.scrape, query, time, {}, explainLimits)
    }
    if (!panels.includes('logs')) throw missing('logs')
    const start = readOptionalTime(parameters, 'start', time - DEFAULT_PERIOD_MS)
    await collector.collect()
    return explainLogql(collector.lines, query, start, time, explainLimits)
  }
}

function missing(panel: 'metrics' | 'logs'): LabError {
  return new LabError(404, `There are no ${panel} before phase ${PANEL_PHASE[panel]}.`)
}

function questionOf(parameters: URLSearchParams): { readonly language: Language; readonly query: string } {
  const language = parameters.get('language') ?? 'promql'
  if (language !== 'promql' && language !== 'logql') throw new LabError(400, 'The language is either promql or logql.')
  return { language, query: parameters.get('query') ?? '' }
}

function parse(language: Language, query: string): ParsedQuery {
  try {
    return { type: language === 'promql' ? promqlType(query) : logqlType(query), error: null }
  } catch (error) {
    const isKnown = isParseError(error) || error instanceof Unsupported || error instanceof InvalidQuery
    if (!isKnown) throw error
    return {
      type: null,
      error: { message: error.message, offset: isParseError(error) ? (error.offset ?? null) : null },
    }
  }
}

function promqlType(query: string): PartType {
  return documentedType(typeOf(parseExpression(query))) as PartType
}

function logqlType(query: string): PartType {
  const { kind } = parseLogQuery(query)
  if (kind === 'log') return 'log lines'
  return kind === 'number' ? 'scalar' : 'instant vector'
}

function isParseError(error: unknown): error is ParseError | LogParseError {
  return error instanceof ParseError || error instanceof LogParseError
}

function toLabError(error: unknown): unknown {
  if (error instanceof QueryTimeout) return new LabError(503, error.message)
  if (error instanceof ExecutionError) return new LabError(422, error.message)
  const isBad = isParseError(error) || error instanceof Unsupported || error instanceof InvalidQuery
  return isBad || error instanceof BadParameter ? new LabError(400, error.message) : error
}
