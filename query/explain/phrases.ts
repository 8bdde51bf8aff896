/** Words that the explanations of PromQL and LogQL share. */
import type { Aggregator, BinaryOperator, Matching } from '../promql/expression.ts'
import { isComparison, isSetOperator } from '../promql/expression.ts'
import { quote } from '../quote.ts'
import type { Matcher, MatchOperator } from '../series/matcher.ts'

const CONDITIONS: Readonly<Record<MatchOperator, string>> = {
  '=': 'is',
  '!=': 'is not',
  '=~': 'matches',
  '!~': 'does not match',
}

/** `route is "/slow" and status matches "5.."` */
export function conditions(matchers: readonly Matcher[]): string {
  return listed(matchers.map(({ name, operator, value }) => `${name} ${CONDITIONS[operator]} ${quote(value)}`))
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[], word = 'and'): string {
  if (items.length < 2) return items.join('')
  return `${items.slice(0, -1).join(', ')} ${word} ${items.at(-1)}`
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const

/** `90s` for 90,000 ms, `1h` for an hour, as short as possible. */
export function span(ms: number): string {
  const unit = UNITS.find(([, size]) => ms >= size && ms % size === 0)
  return unit === undefined ? `${ms}ms` : `${ms / unit[1]}${unit[0]}`
}

const AGGREGATIONS: Readonly<Record<Exclude<Aggregator, 'topk' | 'bottomk'>, string>> = {
  sum: 'Adds up',
  avg: 'Averages',
  count: 'Counts',
  min: 'Takes the smallest of',
  max: 'Takes the largest of',
  group: 'Gives 1 for',
  stddev: 'Computes the standard deviation of',
  stdvar: 'Computes the variance of',
  quantile: 'Computes a quantile of',
  count_values: 'Counts by value',
}

/** What an aggregation does. @param parameter as it is written */
export function aggregation(operator: Aggregator, by: Grouping, parameter: string | undefined): string {
  const group = grouped(by)
  if (operator === 'topk' || operator === 'bottomk')
    return `Keeps the ${parameter} ${operator === 'topk' ? 'largest' : 'smallest'} series${group}, with all their labels.`
  const doing =
    operator === 'quantile'
      ? `Computes the ${parameter} quantile of`
      : operator === 'count_values'
        ? `Counts, by value, into the label ${parameter},`
        : AGGREGATIONS[operator]
  if (by.labels.length === 0 && !by.without) return `${doing} all series: one series without labels is left.`
  if (by.labels.length === 0) return `${doing} the series whose labels are all the same.`
  return by.without
    ? `${doing} the series that differ in ${listed(by.labels)} alone; ${dropped(by.labels)}.`
    : `${doing} the series with the same ${listed(by.labels)}. All other labels are dropped.`
}

export interface Grouping {
  readonly labels: readonly string[]
  readonly without: boolean
}

function grouped({ labels, without }: Grouping): string {
  if (labels.length === 0) return ''
  return without ? ` for each set of labels other than ${listed(labels)}` : ` for each ${listed(labels)}`
}

function dropped(labels: readonly string[]): string {
  return labels.length === 1 ? 'this label is dropped' : 'these labels are dropped'
}

const ARITHMETIC: Readonly<Record<string, string>> = {
  '+': 'Adds left and right',
  '-': 'Subtracts right from left',
  '*': 'Multiplies left and right',
  '/': 'Divides left by right',
  '%': 'Computes the remainder of left divided by right',
  '^': 'Raises left to the power of right',
  atan2: 'Computes the angle of left over right',
}

const WITH_NUMBER: Readonly<Record<string, (number: string) => string>> = {
  '+': (number) => `Adds ${number} to each value`,
  '-': (number) => `Subtracts ${number} from each value`,
  '*': (number) => `Multiplies each value by ${number}`,
  '/': (number) => `Divides each value by ${number}`,
  '%': (number) => `Computes the remainder of each value divided by ${number}`,
  '^': (number) => `Raises each value to the power of ${number}`,
  atan2: (number) => `Computes the angle of each value over ${number}`,
}

const MIRRORED: Readonly<Record<string, string>> = { '<': '>', '>': '<', '<=': '>=', '>=': '<=' }

export interface Operation {
  readonly operator: BinaryOperator
  readonly matching: Matching
  readonly returnBool: boolean
  /** The operand that is a scalar, as it is written. */
  readonly left?: string | undefined
  readonly right?: string | undefined
}

/** What a binary operator does. */
export function operation({ operator, matching, returnBool, left, right }: Operation): string {
  if (left !== undefined && right !== undefined) return `${scalars(operator)}.`
  if (isSetOperator(operator)) return `${sets(operator, matching)}.`
  const number = left ?? right
  if (number !== undefined) return `${withNumber(operator, number, left !== undefined, returnBool)}.`
  const doing = isComparison(operator)
    ? returnBool
      ? `Gives 1 where left ${operator} right holds, 0 where not`
      : `Keeps the series of the left side for which left ${operator} right holds`
    : ARITHMETIC[operator]
  return `${doing}, for each pair of series with ${sameLabels(matching)}. A series without a partner is dropped.${many(matching)}`
}

function scalars(operator: string): string {
  return isComparison(operator) ? `Gives 1 if left ${operator} right holds, otherwise 0` : (ARITHMETIC[operator] ?? '')
}

function sets(operator: string, matching: Matching): string {
  const same = sameLabels(matching)
  if (operator === 'and') return `Keeps the series of the left side that have a partner on the right with ${same}`
  if (operator === 'unless') return `Keeps the series of the left side that have no partner on the right with ${same}`
  return `Takes all series of the left side, and those of the right that have no partner there with ${same}`
}

function withNumber(operator: string, number: string, isLeft: boolean, returnBool: boolean): string {
  if (!isComparison(operator)) {
    if (!isLeft || operator === '+' || operator === '*') return WITH_NUMBER[operator]?.(number) ?? ''
    return (ARITHMETIC[operator] ?? '').replace('left', number).replace('right', 'each value')
  }
  const condition = `${isLeft ? (MIRRORED[operator] ?? operator) : operator} ${number}`
  return returnBool
    ? `Gives 1 for each value ${condition}, otherwise 0`
    : `Keeps the series whose value is ${condition}, with their values`
}

function sameLabels({ on, labels }: Matching): string {
  if (on) return labels.length === 0 ? 'any labels' : `the same ${listed(labels)}`
  return labels.length === 0 ? 'the same labels' : `the same labels except ${listed(labels)}`
}

function many({ cardinality, include }: Matching): string {
  if (cardinality !== 'many-to-one' && cardinality !== 'one-to-many') return ''
  const [many, one] = cardinality === 'many-to-one' ? ['left', 'right'] : ['right', 'left']
  const copied =
    include.length === 0 ? '' : `, and ${listed(include)} ${include.length === 1 ? 'is' : 'are'} copied from it`
  return ` Several series of the ${many} side may share one of the ${one}${copied}.`
}
