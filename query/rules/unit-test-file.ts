/** Files of unit tests of rules: https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/ */
import { parseDate } from '../lines/time.ts'
import { quote } from '../quote.ts'
import { YamlDecoder, YamlError } from './yaml-decoder.ts'

/** Which alerts of a name must fire at a time. */
export interface AlertTest {
  /** Milliseconds since the start. */
  readonly eval_time: number
  readonly alertname: string
  readonly exp_alerts: readonly {
    readonly exp_labels: ReadonlyMap<string, string>
    readonly exp_annotations: ReadonlyMap<string, string>
  }[]
}

/** What an expression must give at a time. */
export interface ExpressionTest {
  readonly expr: string
  /** Milliseconds since the start. */
  readonly eval_time: number
  readonly exp_samples: readonly { readonly labels: string; readonly value: number; readonly histogram: string }[]
}

/** Series, and what the rules must make of them. */
export interface TestGroup {
  readonly name: string
  /** Between two samples, in milliseconds; 0 for the interval of evaluations. */
  readonly interval: number
  readonly input_series: readonly { readonly series: string; readonly values: string }[]
  readonly alert_rule_test: readonly AlertTest[]
  readonly promql_expr_test: readonly ExpressionTest[]
  readonly external_labels: ReadonlyMap<string, string>
  readonly external_url: string
  /** Milliseconds since 1970. */
  readonly start_timestamp: number
}

export interface UnitTestFile {
  /** As they are written. */
  readonly rule_files: readonly string[]
  /** Milliseconds. */
  readonly evaluation_interval: number
  readonly group_eval_order: readonly string[]
  readonly tests: readonly TestGroup[]
  readonly fuzzy_compare: boolean
}

/** @throws {YamlError} */
export function readUnitTests(text: string): UnitTestFile {
  const yaml = new YamlDecoder(text)
  type Node = Parameters<typeof yaml.text>[0]
  const string = (node: Node) => yaml.text(node)
  const duration = (node: Node) => yaml.duration(node) ?? 0
  const texts = (node: Node) => yaml.texts(node)
  const alert = (node: Node) => yaml.struct(node, 'main.alert', { exp_labels: texts, exp_annotations: texts })
  const sample = (node: Node) =>
    yaml.struct(node, 'main.sample', { labels: string, value: (field) => yaml.float(field), histogram: string })
  const alertTest = (node: Node) =>
    yaml.struct(node, 'main.alertTestCase', {
      eval_time: duration,
      alertname: string,
      exp_alerts: (field) => yaml.list(field, '[]main.alert', alert),
    })
  const expressionTest = (node: Node) =>
    yaml.struct(node, 'main.promqlTestCase', {
      expr: string,
      eval_time: duration,
      exp_samples: (field) => yaml.list(field, '[]main.sample', sample),
    })
  const series = (node: Node) => yaml.struct(node, 'main.series', { series: string, values: string })
  const test = (node: Node) =>
    yaml.struct<TestGroup>(node, 'main.testGroup', {
      name: string,
      interval: duration,
      input_series: (field) => yaml.list(field, '[]main.series', series),
      alert_rule_test: (field) => yaml.list(field, '[]main.alertTestCase', alertTest),
      promql_expr_test: (field) => yaml.list(field, '[]main.promqlTestCase', expressionTest),
      external_labels: texts,
      external_url: string,
      start_timestamp: (field) => readStart(yaml.text(field)),
    })
  const file = yaml.struct<UnitTestFile>(yaml.root, 'main.unitTestFile', {
    rule_files: (field) => yaml.list(field, '[]string', string),
    evaluation_interval: (field) => duration(field) || 60_000,
    group_eval_order: (field) => yaml.list(field, '[]string', string),
    tests: (field) => yaml.list(field, '[]main.testGroup', test),
    fuzzy_compare: (field) => yaml.boolean(field),
  })
  yaml.check()
  return file
}

/** Seconds since 1970, or a date as in RFC 3339. */
function readStart(text: string): number {
  if (text === '') return 0
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)$/.test(text)) return Math.round(Number(text) * 1000)
  const date = parseDate(text)
  if (date === undefined) throw new YamlError(`cannot parse ${quote(text)} to a valid timestamp`)
  return Number(date / 1_000_000n)
}
