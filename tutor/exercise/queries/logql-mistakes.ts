import type { LabelFilter, LogExpression, LogQuery } from '../../../query/logql/expression.ts'
import type { Matcher } from '../../../query/series/matcher.ts'
import { logsOf, rangesOf, STREAM_LABELS, stagesOf } from './logql-nodes.ts'
import type { Mistake } from './mistake.ts'

/** A mistake in LogQL. */
export type LogqlMistake = Mistake<LogQuery>

/** The labels that a filter looks at. */
function labelsIn(filter: LabelFilter): string[] {
  if ('left' in filter) return [...labelsIn(filter.left), ...labelsIn(filter.right)]
  return [filter.kind === 'string' ? filter.matcher.name : filter.label]
}

/** All conditions on labels that compare texts. */
function matchersIn(filter: LabelFilter): Matcher[] {
  if ('left' in filter) return [...matchersIn(filter.left), ...matchersIn(filter.right)]
  return filter.kind === 'string' ? [filter.matcher] : []
}

/** Whether only a parser can make a label of it. */
function isInLine(label: string): boolean {
  return ![...STREAM_LABELS, ...METADATA, '__error__'].includes(label)
}

const METADATA = ['service_instance_id', 'request_id', 'trace_id', 'span_id']

const PARSERS: readonly string[] = ['json', 'logfmt', 'pattern', 'regexp']

/** A label that comes from the line, in a query that does not parse lines. */
export const noParser: LogqlMistake = {
  isIn: ({ query }) => {
    const needsLabels = (log: LogExpression) =>
      log.stages.some((stage) => stage.kind === 'labelFilter' && labelsIn(stage.filter).some(isInLine))
    const isParsed = (log: LogExpression) => log.stages.some(({ kind }) => PARSERS.includes(kind))
    return (
      logsOf(query).some((log) => needsLabels(log) && !isParsed(log)) ||
      rangesOf(query).some(({ log, unwrap }) => unwrap !== undefined && !isParsed(log))
    )
  },
  look: 'where the label comes from: a line is a text until a parser such as json makes labels of what is in it',
}

/** @param minutes what the task asks for */
export function otherRange(minutes: number): LogqlMistake {
  return {
    isIn: ({ query }) => rangesOf(query).some(({ interval }) => interval !== BigInt(minutes) * 60_000_000_000n),
    look: `the range: the task asks for the last ${minutes} minutes`,
  }
}

export const pipelineError: LogqlMistake = {
  isIn: ({ error = '' }) => error.includes('pipeline error'),
  look: 'the line that the message is about: if a stage fails, the line gets the label __error__, and a number cannot be made of such lines; leave them out',
}

export const manySeries: LogqlMistake = {
  isIn: ({ error = '', difference }) =>
    error.includes('maximum number of series') || difference?.seen.includes('request_id') === true,
  look: 'the labels: each line has labels of its own, such as request_id, and makes a series of its own, unless by (…) says which labels are to be kept',
}

export const otherLabels: LogqlMistake = {
  isIn: ({ difference }) => difference?.kind === 'labels',
  look: 'the labels that the task asks for, and which labels by or without of your query keeps',
}

export const wrongUnit: LogqlMistake = {
  isIn: ({ difference }) => [1000, 0.001, 60].some((unit) => Math.abs((difference?.factor ?? 1) / unit - 1) < 0.03),
  look: 'the unit that the task asks for, and the unit of what is in the line',
}

/** A result that no line has led to. */
export const numbersFromData: LogqlMistake = {
  isIn: ({ query }) => logsOf(query).length === 0,
  look: 'where your number comes from: the query is asked about other lines as well, and only lines tell what happened',
}

/** Values of a label that were read off the shown data. */
export function fixedValues(label: string): LogqlMistake {
  return {
    isIn: ({ query }) =>
      stagesOf(query, 'labelFilter')
        .flatMap(({ filter }) => matchersIn(filter))
        .some((one) => one.name === label && one.operator.startsWith('=') && !one.matches('/any')),
    look: `the values of ${label} in your query: other lines have others, so select none of them`,
  }
}

export const averageLatency: LogqlMistake = {
  isIn: ({ query, error }) =>
    error === undefined && rangesOf(query).some(({ operation }) => operation === 'avg_over_time'),
  look: 'avg_over_time: an average hides the slow ones',
}

/** Looked for in every exercise, before its own mistakes. */
export const PLAIN: readonly LogqlMistake[] = [numbersFromData, manySeries, noParser]

/** Looked for in every exercise, after its own mistakes. */
export const COMMON: readonly LogqlMistake[] = [pipelineError, wrongUnit, otherLabels]

/** What to look at where Loki does not understand the query. */
export function lookAtSyntax(text: string, message: string): string | undefined {
  if (/at least one regexp or equality matcher/.test(message))
    return 'the selector in braces: Loki finds lines by their labels, so one has to have a value, as in {service="course-app"}'
  if (!text.replaceAll(/^#.*$/gm, '').includes('{'))
    return 'the selector: each query has one in braces, such as {service="course-app"}'
  return undefined
}
