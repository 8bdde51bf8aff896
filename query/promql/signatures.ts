import { quote } from '../quote.ts'
import type { ValueType } from './expression.ts'

/** What a function takes and gives. */
export interface Signature {
  readonly parameters: readonly ValueType[]
  /** How many more arguments than `parameters` less one there may be; any number when Infinity. */
  readonly optional: number
  readonly result: ValueType
}

const signatures = new Map<string, Signature>()

function define(names: string, parameters: readonly ValueType[], result: ValueType = 'vector', optional = 0): void {
  for (const name of names.split(' ')) signatures.set(name, { parameters, optional, result })
}

define('abs ceil floor exp sqrt ln log2 log10 sgn deg rad', ['vector'])
define('sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh', ['vector'])
define('absent sort sort_desc timestamp', ['vector'])
define('histogram_avg histogram_count histogram_sum histogram_stddev histogram_stdvar', ['vector'])
define('days_in_month day_of_month day_of_week day_of_year hour minute month year', ['vector'], 'vector', 1)
define('round', ['vector', 'scalar'], 'vector', 1)
define('clamp', ['vector', 'scalar', 'scalar'])
define('clamp_max clamp_min', ['vector', 'scalar'])
define('histogram_quantile', ['scalar', 'vector'])
define('histogram_fraction', ['scalar', 'scalar', 'vector'])
define('label_replace', ['vector', 'string', 'string', 'string', 'string'])
define('label_join', ['vector', 'string', 'string', 'string'], 'vector', Number.POSITIVE_INFINITY)
define('scalar', ['vector'], 'scalar')
define('vector', ['scalar'])
define('time pi', [], 'scalar')
define('rate increase delta irate idelta deriv changes resets', ['matrix'])
define('avg_over_time min_over_time max_over_time sum_over_time count_over_time', ['matrix'])
define('stddev_over_time stdvar_over_time first_over_time last_over_time', ['matrix'])
define('present_over_time absent_over_time', ['matrix'])
define('quantile_over_time', ['scalar', 'matrix'])
define('predict_linear', ['matrix', 'scalar'])

/** Prometheus knows these only when it is started with `--enable-feature=promql-experimental-functions`. */
const experimental = new Set(
  (
    'double_exponential_smoothing histogram_quantiles info mad_over_time max_of min_of range start end step ' +
    'sort_by_label sort_by_label_desc start_timestamp ts_of_first_over_time ts_of_last_over_time ' +
    'ts_of_max_over_time ts_of_min_over_time'
  ).split(' '),
)

/** Of the functions that are answered; undefined for the others. */
export function signatureOf(name: string): Signature | undefined {
  return signatures.get(name)
}

/** The sentence for a function that is not answered. */
export function refusal(name: string): string {
  return experimental.has(name) ? `function ${quote(name)} is not enabled` : `unknown function with name ${quote(name)}`
}

/** Of all functions that are answered. */
export const functionNames: readonly string[] = [...signatures.keys()].sort()
