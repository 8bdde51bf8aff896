/** Samples for expressions that others wrote: series that have what their selectors and operators ask for. */
import { type Expression, operandsOf, type VectorSelector } from '../../query/promql/expression.ts'
import { parseExpression } from '../../query/promql/parse.ts'
import { type Family, pseudoRandom, type Series } from './samples.ts'

const MOST_SERIES = 12
const BOUNDS = ['0.05', '0.1', '0.5', '1', '5', '+Inf']

/** A family for each metric, with the labels that any of the expressions names. */
export function familiesFor(expressions: readonly string[]): Family[] {
  const metrics = new Map<string, Map<string, Set<string>>>()
  for (const text of expressions) collect(parseExpression(text), [], metrics)
  return [...metrics].map(([name, labels], i) => ({ name, type: 'gauge', series: seriesOf(name, labels, i) }))
}

/** @param grouping the labels by which it is grouped */
function collect(
  expression: Expression,
  grouping: readonly string[],
  metrics: Map<string, Map<string, Set<string>>>,
): void {
  if (expression.kind === 'vectorSelector') addLabels(expression, grouping, metrics)
  const inner = expression.kind === 'aggregation' && !expression.without ? expression.grouping : grouping
  for (const operand of operandsOf(expression)) collect(operand, inner, metrics)
}

function addLabels(
  { name, matchers }: VectorSelector,
  grouping: readonly string[],
  metrics: Map<string, Map<string, Set<string>>>,
): void {
  const labels = metrics.get(name) ?? new Map<string, Set<string>>([['instance', new Set(['a:1', 'b:2'])]])
  metrics.set(name, labels)
  for (const label of grouping) values(labels, label).add('one').add('two')
  for (const { name: label, operator, value } of matchers) {
    if (label === '__name__') continue
    const known = values(labels, label)
    if (operator === '=' || operator === '!=') known.add(value)
    else for (const word of value.split('|')) known.add(word.replaceAll(/\.[*+]/g, 'x').replaceAll('.', '0'))
  }
}

function values(labels: Map<string, Set<string>>, label: string): Set<string> {
  const known = labels.get(label) ?? new Set<string>()
  labels.set(label, known)
  return known
}

function seriesOf(name: string, labels: ReadonlyMap<string, ReadonlySet<string>>, seed: number): Series[] {
  const isBucket = name.endsWith('_bucket')
  let sets: string[][] = [[]]
  for (const [label, known] of labels) {
    if (isBucket && label === 'le') continue
    const pairs = [...known].filter((value) => value !== '').map((value) => `${label}="${value}"`)
    if (pairs.length > 0) sets = sets.flatMap((set) => pairs.map((pair) => [...set, pair])).slice(0, MOST_SERIES)
  }
  return sets.flatMap((set, i) =>
    isBucket
      ? BOUNDS.map((le, bound) => rising(`${name}{${[...set, `le="${le}"`].join(',')}}`, seed * 31 + i, bound + 1))
      : [rising(set.length === 0 ? name : `${name}{${set.join(',')}}`, seed * 31 + i, 1)],
  )
}

/** The same seed rises at the same steps, so that buckets never fall from bound to bound. */
function rising(key: string, seed: number, factor: number): Series {
  const random = pseudoRandom(seed)
  let value = 4000 * factor
  return {
    key,
    values: () => {
      value += Math.floor(random() * 5) * factor
      return value
    },
  }
}
