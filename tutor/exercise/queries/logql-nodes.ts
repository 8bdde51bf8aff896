import type {
  LogExpression,
  LogQuery,
  RangeAggregation,
  Stage,
  VectorAggregation,
} from '../../../query/logql/expression.ts'

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

/** What braces can choose streams by, as the app's lines arrive in Loki. */
export const STREAM_LABELS = ['service', 'level']

/** The texts of all line filters. */
export function textsOf(query: LogQuery): string[] {
  return stagesOf(query, 'lineFilter').flatMap(({ texts }) => texts)
}
