import { type Expression, operandsOf, type VectorSelector } from '../../query/promql/expression.ts'
import { parseExpression } from '../../query/promql/parse.ts'
import { ParseError } from '../../query/promql/position.ts'

/** PromQL asks metrics, LogQL logs. */
export type Language = 'metrics' | 'logs'

/**
 * The language of a query. Selectors of PromQL name a metric, those of LogQL do not: `{level="error"}`. A query without
 * any selector is PromQL.
 */
export function languageOf(query: string): Language {
  const named = selectors(query)
  return named.length > 0 && !named.includes(true) ? 'logs' : 'metrics'
}

/** Whether a log query asks for lines. Otherwise it counts them, and is a metric query. */
export function asksForLines(query: string): boolean {
  return /^(\s|\(|#.*\n)*\{/.test(query)
}

/** For each selector, whether it names a metric. */
function selectors(query: string): boolean[] {
  try {
    return metricSelectors(query).map(namesMetric)
  } catch (error) {
    if (!(error instanceof ParseError)) throw error
    return namesBeforeBraces(query) // LogQL, or a query with a mistake
  }
}

/** The selectors of a PromQL query. @throws ParseError */
export function metricSelectors(query: string): VectorSelector[] {
  return vectorSelectorsIn(parseExpression(query))
}

function vectorSelectorsIn(expression: Expression): VectorSelector[] {
  return expression.kind === 'vectorSelector' ? [expression] : operandsOf(expression).flatMap(vectorSelectorsIn)
}

function namesMetric({ name, matchers }: VectorSelector): boolean {
  return name !== '' || matchers.some((matcher) => matcher.name === '__name__')
}

/** Strings and comments hold no selector. */
const TEXT = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`|#.*/g
/** Words before a selector that are no metric. */
const OPERATOR = /\b(and|or|unless|bool|on|ignoring|by|without|group_left|group_right)$/i

/** For each brace and bracket that opens a selector or a range, whether a metric stands before it. */
function namesBeforeBraces(query: string): boolean[] {
  const text = query.replace(TEXT, (found) => (found.startsWith('#') ? '' : '""'))
  const opened = [...text.matchAll(/\{\s*(__name__\b|""\s*[,}])?|\[/g)]
  return opened.flatMap(({ index, 0: mark, 1: quotedName }) => {
    const before = text.slice(0, index).trimEnd()
    const isNamed = quotedName !== undefined || (/[\w:]$/.test(before) && !OPERATOR.test(before))
    if (mark === '[') return isNamed && !text.includes('|') ? [true] : [] // `| unwrap latency [1m]` names none
    return [isNamed]
  })
}
