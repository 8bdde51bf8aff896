import type {
  LabelFilter,
  LogExpression,
  LogQuery,
  RangeAggregation,
  Stage,
  VectorAggregation,
} from '../../../query/logql/expression.ts'
import type { Matcher } from '../../../query/series/matcher.ts'
import type { Mistake } from './mistake.ts'

type LogqlMistake = Mistake<LogQuery>

/** A query and all that it is made of. */
export function* nodesOf(query: LogQuery): Generator<LogQuery> {
  yield query
  if (query.kind === 'binary') {
    yield* nodesOf(query.left)
    yield* nodesOf(query.right)
  }
  if (query.kind === 'vectorAggregation' || query.kind === 'labelReplace') yield* nodesOf(query.expression)
  if (query.kind === 'rangeAggregation') yield* nodesOf(query.log)
}

/** All selections of lines. */
export function logsOf(query: LogQuery): LogExpression[] {
  return [...nodesOf(query)].filter((node) => node.kind === 'log')
}

/** All stages of one kind. */
export function stagesOf<K extends Stage['kind']>(query: LogQuery, kind: K): Extract<Stage, { kind: K }>[] {
  return logsOf(query)
    .flatMap(({ stages }) => stages)
    .filter((stage): stage is Extract<Stage, { kind: K }> => stage.kind === kind)
}

/** All functions over ranges. */
export function rangesOf(query: LogQuery): RangeAggregation[] {
  return [...nodesOf(query)].filter((node) => node.kind === 'rangeAggregation')
}

/** All aggregations of series. */
export function aggregationsOf(query: LogQuery): VectorAggregation[] {
  return [...nodesOf(query)].filter((node) => node.kind === 'vectorAggregation')
}

/** A filter on the text of lines that contain these words. */
export function textFilter(words: RegExp, look: string): LogqlMistake {
  return {
    isIn: ({ query }) => stagesOf(query, 'lineFilter').some(({ texts }) => texts.some((text) => words.test(text))),
    look,
  }
}

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

/** `count_over_time` where a rate is asked for. */
export const countForRate: LogqlMistake = {
  isIn: ({ query }) =>
    rangesOf(query).some(({ operation }) => operation === 'count_over_time' || operation === 'sum_over_time'),
  look: 'the unit: count_over_time tells how many there were in the whole range, and the task asks for how many per second',
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

/** `avg by (route) (quantile_over_time(…))` */
export const averagedQuantiles: LogqlMistake = {
  isIn: ({ query }) =>
    aggregationsOf(query).some(({ expression }) =>
      rangesOf(expression).some(({ operation }) => operation === 'quantile_over_time'),
    ),
  look: 'what is put together: percentiles cannot be averaged or added; quantile_over_time takes by (…) itself, after its parentheses',
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

/** A condition in braces on what is no label of a stream. */
export const idInSelector: LogqlMistake = {
  isIn: ({ query }) => logsOf(query).some(({ matchers }) => matchers.some(({ name }) => !STREAM_LABELS.includes(name))),
  look: 'the braces: only service and level are labels of streams; what differs from line to line is filtered for after them',
}

const STREAM_LABELS = ['service', 'level']

/** A selector that leaves streams out in which there are lines that are wanted. */
export const selectorTooNarrow: LogqlMistake = {
  isIn: ({ query, difference }) =>
    (difference?.kind === 'missing' || difference?.kind === 'nothing') &&
    logsOf(query).some(({ matchers }) => matchers.some((one) => !one.matches('any'))),
  look: 'the streams that the braces choose: a request may pass through other services, and write lines of any level',
}

/** What to say about a text that is searched for where a field is meant. */
export const textForField =
  'what the filter compares: a line filter finds the text anywhere in the line, and a label filter looks at one field'

/** `|= "error"` */
export const errorText: LogqlMistake = textFilter(
  /^error$/i,
  'what the filter finds: the word error may stand anywhere, in a path or in a message, and says nothing about the status',
)

/** Counting all lines with the level error. */
export const bothLines: LogqlMistake = {
  isIn: ({ query }) =>
    logsOf(query).every(({ stages }) => stages.every(({ kind }) => kind === 'lineFilter')) &&
    logsOf(query).length > 0 &&
    !/request completed/.test(textsOf(query)),
  look: 'what is counted: a failure writes two lines, and there are errors that belong to no request; only one line of a failure has what the task asks about',
}

function textsOf(query: LogQuery): string {
  return stagesOf(query, 'lineFilter')
    .flatMap(({ texts }) => texts)
    .join('\n')
}

export const refusedToo: LogqlMistake = {
  isIn: ({ query }) => statusesOf(query, ['404', '200']).includes(true),
  look: 'the condition on status: 404 says that the request was wrong, not that the server failed',
}

export const fixedStatus: LogqlMistake = {
  isIn: ({ query }) => statusesOf(query, ['500', '502', '503', '504']).includes(false),
  look: 'the condition on status: a failure is any status from 500 to 599, and a regular expression has to match the whole value',
}

/** Whether filters on the label `status` let these values pass; empty without such a filter. */
function statusesOf(query: LogQuery, values: readonly string[]): boolean[] {
  return stagesOf(query, 'labelFilter').flatMap(({ filter }) => {
    if (filter.kind === 'string' && filter.matcher.name === 'status')
      return values.map((value) => filter.matcher.matches(value))
    if (filter.kind === 'number' && filter.label === 'status' && filter.operator.startsWith('>'))
      return values.map((value) => Number(value) >= filter.value)
    return []
  })
}

/** `unwrap duration(latency)`, for a number of milliseconds. */
export const durationOfNumber: LogqlMistake = {
  isIn: ({ query }) =>
    rangesOf(query).some(({ unwrap }) => unwrap?.conversion === 'duration' && unwrap.label === 'latency'),
  look: 'the conversion: duration(…) reads times such as 12ms, and latency is a number without a unit',
}

export const noConversion: LogqlMistake = {
  isIn: ({ query }) => rangesOf(query).some(({ unwrap }) => unwrap?.conversion === 'number'),
  look: 'what is unwrapped: it is a text with a unit, of which unwrap makes a number only if it is told how',
}

export const noUnwrap: LogqlMistake = {
  isIn: ({ query }) => rangesOf(query).every(({ unwrap }) => unwrap === undefined) && rangesOf(query).length > 0,
  look: 'what the numbers are: without unwrap, functions count lines, and do not look at a value in them',
}

export const averageLatency: LogqlMistake = {
  isIn: ({ query, error }) =>
    error === undefined && rangesOf(query).some(({ operation }) => operation === 'avg_over_time'),
  look: 'avg_over_time: an average hides the slow ones',
}

export const otherServices: LogqlMistake = {
  isIn: ({ query }) =>
    logsOf(query).some(({ matchers }) =>
      matchers.some((one) => one.name === 'level' || (one.name === 'service' && one.matches('partner'))),
    ),
  look: 'the braces: the task asks for the lines of one service, at all levels',
}

export const notOnlyRequests: LogqlMistake = {
  isIn: ({ query, error }) =>
    error === undefined &&
    !stagesOf(query, 'labelFilter').some(
      ({ filter }) => filter.kind === 'string' && ['message', 'route'].includes(filter.matcher.name),
    ) &&
    !/request completed/.test(textsOf(query)),
  look: 'which lines have a latency: those of requests, and lines "call completed" of gRPC, which have no route',
}

function patternsOf(query: LogQuery): string[] {
  return logsOf(query).flatMap(({ stages }) =>
    stages.flatMap((stage) => (stage.kind === 'pattern' ? [stage.expression] : [])),
  )
}

/** `pattern` over a line of JSON. */
export const patternOfLine: LogqlMistake = {
  isIn: ({ query }) =>
    stagesOf(query, 'lineFormat').length === 0 && patternsOf(query).some((pattern) => !pattern.includes('"')),
  look: 'what the pattern is compared with: the line, which is JSON; json makes labels of it, and leaves the line as it is',
}

/** Messages that look like a request to a pattern. */
export const notOnlyPaths: LogqlMistake = {
  isIn: ({ query }) =>
    !stagesOf(query, 'labelFilter').some(
      ({ filter }) => filter.kind === 'string' && ['path', 'method', 'status'].includes(filter.matcher.name),
    ),
  look: 'which messages fit the pattern: other messages may have four words as well, the last of them a time or none',
}

/** Looked for in every exercise, before its own mistakes. */
export const PLAIN: readonly LogqlMistake[] = [numbersFromData, manySeries, noParser]

/** Looked for in every exercise, after its own mistakes. */
export const COMMON: readonly LogqlMistake[] = [pipelineError, wrongUnit, otherLabels]

/** What to look at where Loki does not understand the query. */
export function lookAtSyntax(text: string, message: string): string | undefined {
  if (/at least one regexp or equality matcher/.test(message))
    return 'the selector in braces: Loki finds lines by their labels, so one has to have a value, as in {service="course-app"}'
  if (/^\s*(sum|rate|count)?[^{]*$/.test(text.replaceAll(/^#.*$/gm, '')))
    return 'the selector: each query has one in braces, such as {service="course-app"}'
  return undefined
}
