import { typeOf } from '../promql/check-types.ts'
import { type Call, type Expression, type VectorSelector, withoutParentheses } from '../promql/expression.ts'
import { aggregation, conditions, operation, span } from './phrases.ts'

/** What describes an expression that was parsed from a text, and evaluated with these options. */
export interface PromqlContext {
  readonly text: string
  /** Milliseconds. */
  readonly lookback: number
  /** Milliseconds. */
  readonly defaultStep: number
}

/** What an expression does, in a sentence or two. */
export function describePromql(expression: Expression, context: PromqlContext): string {
  const written = ({ range: { from, to } }: Expression) => context.text.slice(from, to)
  switch (expression.kind) {
    case 'number':
      return 'A number, the same at all times.'
    case 'string':
      return 'A text.'
    case 'parentheses':
      return describePromql(expression.expression, context)
    case 'vectorSelector':
      return `Takes the newest sample, at most ${span(context.lookback)} old, of each series${named(expression)}${moved(expression)}.`
    case 'matrixSelector':
      return `Takes all samples of the last ${span(expression.duration)} of each series${named(expression.selector)}${moved(expression.selector)}. A range vector is input for functions such as rate; it cannot be drawn.`
    case 'subquery': {
      const step = expression.step ?? context.defaultStep
      return `Evaluates the query inside every ${span(step)} over ${span(expression.duration)}${moved(expression)}, and takes the results for samples.`
    }
    case 'aggregation':
      return aggregation(
        expression.operator,
        { labels: expression.grouping, without: expression.without },
        expression.parameter && written(expression.parameter),
      )
    case 'binary': {
      const { operator, matching, returnBool, left, right } = expression
      const scalar = (operand: Expression) => (typeOf(operand) === 'scalar' ? written(operand) : undefined)
      return operation({ operator, matching, returnBool, left: scalar(left), right: scalar(right) })
    }
    case 'unary':
      return expression.operator === '-' ? 'Changes the sign of each value.' : 'Changes nothing.'
    case 'call':
      return call(expression, written)
  }
}

function named({ name, matchers }: VectorSelector): string {
  const others = name === '' ? matchers : matchers.slice(0, -1)
  const called = name === '' ? '' : ` called ${name}`
  return others.length === 0 ? called : `${called} where ${conditions(others)}`
}

function moved({ offset, at }: Pick<VectorSelector, 'offset' | 'at'>): string {
  const moment =
    at === undefined
      ? ''
      : typeof at === 'number'
        ? `, as of ${new Date(at).toISOString()}`
        : `, as of the query's ${at}`
  if (offset === 0) return moment
  return `${moment}, ${span(Math.abs(offset))} ${offset > 0 ? 'earlier' : 'later'}`
}

/** By function; `over` is the range, and the others the arguments as they are written. */
const FUNCTIONS: Readonly<Record<string, (over: string, ...args: string[]) => string>> = {
  rate: (over) => `Computes the per-second rate of each counter over ${over}. Counter resets are handled.`,
  irate: (over) =>
    `Computes the per-second rate of each counter between its last two samples within ${over}. It is jumpy: prefer rate in alerts.`,
  increase: (over) =>
    `Computes by how much each counter rose within ${over}: the rate times the seconds, so it need not be a whole number.`,
  delta: (over) => `Computes by how much each gauge changed within ${over}.`,
  idelta: (over) => `Computes the difference between the last two samples of each gauge within ${over}.`,
  deriv: (over) => `Computes the slope of each gauge per second over ${over}, by linear regression.`,
  predict_linear: (over, _, seconds = '') =>
    `Continues the line through each gauge's samples within ${over}, and gives its value ${seconds} s from now.`,
  changes: (over) => `Counts how often each series changed its value within ${over}.`,
  resets: (over) => `Counts how often each counter fell, that is, restarted, within ${over}.`,
  avg_over_time: (over) => `Averages the samples of each series within ${over}.`,
  min_over_time: (over) => `Takes the smallest sample of each series within ${over}.`,
  max_over_time: (over) => `Takes the largest sample of each series within ${over}.`,
  sum_over_time: (over) => `Adds up the samples of each series within ${over}.`,
  count_over_time: (over) => `Counts the samples of each series within ${over}.`,
  stddev_over_time: (over) => `Computes the standard deviation of the samples of each series within ${over}.`,
  stdvar_over_time: (over) => `Computes the variance of the samples of each series within ${over}.`,
  first_over_time: (over) => `Takes the first sample of each series within ${over}.`,
  last_over_time: (over) => `Takes the last sample of each series within ${over}.`,
  present_over_time: (over) => `Gives 1 for each series that has a sample within ${over}.`,
  absent_over_time: (over) => `Gives 1 if no series has a sample within ${over}, otherwise nothing.`,
  quantile_over_time: (over, quantile = '') =>
    `Computes the ${quantile} quantile of the samples of each series within ${over}.`,
  absent: () => 'Gives 1 if its argument has no series, otherwise nothing: the alert for data that is missing.',
  scalar: () => 'Makes a number of the only series; NaN if there is none, or more than one.',
  vector: () => 'Makes a series without labels of the number.',
  time: () => 'The time of evaluation, in seconds since 1970.',
  pi: () => 'The number π.',
  timestamp: () => 'Gives the time of each sample, in seconds since 1970.',
  sort: () => 'Sorts the series by value, the smallest first.',
  sort_desc: () => 'Sorts the series by value, the largest first.',
  abs: () => 'Drops the sign of each value.',
  sgn: () => 'Gives 1 for positive values, -1 for negative ones, 0 for zero.',
  ceil: () => 'Rounds each value up to a whole number.',
  floor: () => 'Rounds each value down to a whole number.',
  round: (_, __, nearest = '1') => `Rounds each value to a multiple of ${nearest}.`,
  clamp: (_, __, least = '', most = '') => `Limits each value to ${least} at least and ${most} at most.`,
  clamp_min: (_, __, least = '') => `Limits each value to ${least} at least.`,
  clamp_max: (_, __, most = '') => `Limits each value to ${most} at most.`,
  histogram_quantile: (_, quantile = '') =>
    `Computes the ${quantile} quantile of each histogram from its buckets: the values below which that share of the observations lies. Within a bucket it interpolates.`,
  histogram_fraction: (_, lower = '', upper = '') =>
    `Computes which share of each histogram's observations lies between ${lower} and ${upper}.`,
  label_replace: (_, __, target = '', replacement = '', source = '', pattern = '') =>
    `Sets the label ${target} to ${replacement} on series whose label ${source} matches ${pattern}.`,
  label_join: (_, __, target = '', separator = '', ...sources) =>
    `Sets the label ${target} to the values of ${sources.join(', ')}, joined by ${separator}.`,
  exp: () => 'Raises e to the power of each value.',
  ln: () => 'Computes the natural logarithm of each value.',
  log2: () => 'Computes the binary logarithm of each value.',
  log10: () => 'Computes the decimal logarithm of each value.',
  sqrt: () => 'Computes the square root of each value.',
  deg: () => 'Converts radians to degrees.',
  rad: () => 'Converts degrees to radians.',
  year: () => 'Gives the year of each time, in UTC.',
  month: () => 'Gives the month of each time, 1 to 12, in UTC.',
  day_of_month: () => 'Gives the day of the month of each time, in UTC.',
  day_of_week: () => 'Gives the day of the week of each time, 0 for Sunday, in UTC.',
  day_of_year: () => 'Gives the day of the year of each time, in UTC.',
  days_in_month: () => 'Gives the number of days in the month of each time, in UTC.',
  hour: () => 'Gives the hour of each time, in UTC.',
  minute: () => 'Gives the minute of each time, in UTC.',
}

/** The functions with a sentence of their own. */
export const describedFunctions: ReadonlySet<string> = new Set(Object.keys(FUNCTIONS))

function call({ name, args }: Call, written: (expression: Expression) => string): string {
  const describe = FUNCTIONS[name]
  if (describe === undefined) return `Computes the function ${name} of each value.`
  const range = args.map(withoutParentheses).find(({ kind }) => kind === 'matrixSelector' || kind === 'subquery')
  const over = range?.kind === 'matrixSelector' || range?.kind === 'subquery' ? span(range.duration) : ''
  return describe(over, ...args.map(written))
}
