import type {
  Grouping,
  LabelChoice,
  LabelFilter,
  LineFilterOperator,
  MetricExpression,
  RangeAggregation,
  RangeOperation,
  Stage,
  Unwrap,
  VectorAggregation,
} from '../logql/expression.ts'
import type { Aggregator } from '../promql/expression.ts'
import { quote } from '../quote.ts'
import type { Matcher } from '../series/matcher.ts'
import { aggregation, conditions, listed, operation, span } from './phrases.ts'

/** What a stream selector does. */
export function describeSelector(matchers: readonly Matcher[]): string {
  return `Takes the lines of the streams where ${conditions(matchers)}.`
}

/** What a stage of a pipeline does. */
export function describeStage(stage: Stage): string {
  switch (stage.kind) {
    case 'lineFilter':
      return `Keeps lines that ${LINE_FILTERS[stage.operator]} ${listed(
        stage.texts.map((text) => quote(text)),
        'or',
      )}.`
    case 'json':
      return stage.expressions.length === 0
        ? 'Parses each line as JSON: every member becomes a label, those of inner objects with the outer name before them.'
        : `Parses each line as JSON, and makes ${extracted(stage.expressions)}.`
    case 'logfmt':
      return stage.expressions.length === 0
        ? 'Parses each line as key=value pairs: every key becomes a label.'
        : `Parses each line as key=value pairs, and makes ${extracted(stage.expressions)}.`
    case 'pattern':
      return 'Takes each line apart by the pattern: what stands at <name> becomes the label name.'
    case 'regexp':
      return 'Takes each line apart by the regular expression: every named group becomes a label.'
    case 'labelFilter':
      return `Keeps lines where ${filter(stage.filter)}.`
    case 'lineFormat':
      return 'Replaces the line by the template, filled with its labels.'
    case 'labelFormat':
      return `Sets ${listed(
        stage.formats.map(({ label, isRename, value }) =>
          isRename ? `${label} to the value of ${value}, which is dropped` : `${label} to the filled template`,
        ),
      )}.`
    case 'drop':
      return `Drops the labels ${choices(stage.labels)}. The line stays as it is.`
    case 'keep':
      return `Drops all labels except ${choices(stage.labels)}. The line stays as it is.`
    case 'decolorize':
      return 'Removes the codes for colours from the line.'
  }
}

/** What `unwrap` and the filters behind it do. */
export function describeUnwrap({ label, conversion, filters }: Unwrap): string {
  const unit = { number: '', duration: ', a duration, in seconds', bytes: ', a size, in bytes' }[conversion]
  const then = filters.length === 0 ? '' : ` Then keeps lines where ${filters.map(filter).join(' and ')}.`
  return `Takes the value of ${label}${unit} as the number of the line. Lines without this label are dropped.${then}`
}

/** What a metric expression does. @param written the text of a part */
export function describeMetric(
  expression: MetricExpression,
  written: (expression: MetricExpression) => string,
): string {
  switch (expression.kind) {
    case 'number':
      return 'A number, the same at all times.'
    case 'vector':
      return 'A series without labels, with this value at all times.'
    case 'rangeAggregation':
      return rangeAggregation(expression)
    case 'vectorAggregation':
      return vectorAggregation(expression)
    case 'binary': {
      const { operator, matching, returnBool, left, right } = expression
      const number = (operand: MetricExpression) => (operand.kind === 'number' ? written(operand) : undefined)
      return operation({ operator, matching, returnBool, left: number(left), right: number(right) })
    }
    case 'labelReplace': {
      const [target, replacement, source, pattern] = expression.texts.map((text) => quote(text))
      return `Sets the label ${target} to ${replacement} on series whose label ${source} matches ${pattern}.`
    }
  }
}

const LINE_FILTERS: Readonly<Record<LineFilterOperator, string>> = {
  '|=': 'contain',
  '!=': 'do not contain',
  '|~': 'match the regular expression',
  '!~': 'do not match the regular expression',
  '|>': 'match the pattern',
  '!>': 'do not match the pattern',
}

function extracted(expressions: readonly { readonly label: string; readonly expression: string }[]): string {
  return listed(expressions.map(({ label, expression }) => `${expression} the label ${label}`))
}

function filter(one: LabelFilter): string {
  switch (one.kind) {
    case 'and':
    case 'or':
      return `${side(one.left)} ${one.kind} ${side(one.right)}`
    case 'string':
      return conditions([one.matcher])
    case 'number':
      return `${one.label} ${one.operator} ${one.value}`
    case 'duration':
      return `${one.label} ${one.operator} ${span(one.value / 1e6)}`
    case 'bytes':
      return `${one.label} ${one.operator} ${one.value} B`
  }
}

function side(one: LabelFilter): string {
  return one.kind === 'and' || one.kind === 'or' ? `(${filter(one)})` : filter(one)
}

function choices(labels: readonly LabelChoice[]): string {
  return listed(labels.map((label) => (typeof label === 'string' ? label : `${label.name} if it ${condition(label)}`)))
}

function condition(matcher: Matcher): string {
  return conditions([matcher]).slice(matcher.name.length + 1)
}

/** What comes of the lines, or of the unwrapped numbers, of a range. */
const RANGE_OPERATIONS: Readonly<Record<RangeOperation, (over: string, parameter: number | undefined) => string>> = {
  count_over_time: (over) => `Counts the lines of ${over}`,
  rate: (over) => `Counts the lines of ${over} and divides by its seconds: lines per second`,
  rate_counter: (over) => `Computes the per-second rate of the numbers of ${over}, which are those of a counter`,
  bytes_over_time: (over) => `Adds up the bytes of the lines of ${over}`,
  bytes_rate: (over) => `Adds up the bytes of the lines of ${over} and divides by its seconds: bytes per second`,
  avg_over_time: (over) => `Averages the numbers of ${over}`,
  sum_over_time: (over) => `Adds up the numbers of ${over}`,
  min_over_time: (over) => `Takes the smallest of the numbers of ${over}`,
  max_over_time: (over) => `Takes the largest of the numbers of ${over}`,
  stdvar_over_time: (over) => `Computes the variance of the numbers of ${over}`,
  stddev_over_time: (over) => `Computes the standard deviation of the numbers of ${over}`,
  quantile_over_time: (over, quantile) =>
    `Computes the ${quantile} quantile of the numbers of ${over}, exactly: it has all of them`,
  first_over_time: (over) => `Takes the first of the numbers of ${over}`,
  last_over_time: (over) => `Takes the last of the numbers of ${over}`,
  absent_over_time: (over) => `Gives 1 if there is no line in ${over}, otherwise nothing`,
}

function rangeAggregation({ operation, parameter, unwrap, interval, offset, grouping }: RangeAggregation): string {
  const over = `the last ${span(Number(interval / 1_000_000n))}${offset === 0n ? '' : `, ${span(Number(offset / 1_000_000n))} earlier`}`
  const isRate = operation === 'rate' && unwrap !== undefined
  const doing = isRate
    ? `Adds up the numbers of ${over} and divides by its seconds`
    : RANGE_OPERATIONS[operation](over, parameter)
  return operation === 'absent_over_time' ? `${doing}.` : `${doing}, for each ${groups(grouping)}.`
}

function groups(grouping: Grouping | undefined): string {
  if (grouping === undefined) return 'set of labels'
  if (grouping.labels.length === 0) return 'set of labels'
  return grouping.without ? `set of labels other than ${listed(grouping.labels)}` : listed(grouping.labels)
}

function vectorAggregation({ operation, parameter, grouping }: VectorAggregation): string {
  if (operation === 'sort') return 'Sorts the series by value, the smallest first.'
  if (operation === 'sort_desc') return 'Sorts the series by value, the largest first.'
  return aggregation(operation satisfies Aggregator, grouping, parameter === undefined ? undefined : String(parameter))
}
