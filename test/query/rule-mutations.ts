/** Rules and their tests, broken on purpose in many ways. */
import { parse } from 'yaml'

export interface WrittenRule {
  record?: string
  alert?: string
  expr: string
  for?: string
  keep_firing_for?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
}

export interface WrittenRules {
  groups: { name: string; interval?: string; limit?: number; rules: WrittenRule[] }[]
}

interface WrittenAlert {
  exp_labels?: Record<string, string>
  exp_annotations?: Record<string, string>
}

export interface WrittenTest {
  name?: string
  interval: string
  input_series: { series: string; values: string }[]
  alert_rule_test?: { alertname: string; eval_time: string; exp_alerts?: WrittenAlert[] }[]
  promql_expr_test?: { expr: string; eval_time: string; exp_samples?: { labels: string; value: number }[] }[]
}

export interface WrittenTests {
  rule_files: string[]
  evaluation_interval: string
  group_eval_order?: string[]
  tests: WrittenTest[]
}

/** One test group of a file, and the rules that it is about. */
export interface Subject {
  readonly rules: WrittenRules
  readonly tests: WrittenTests
}

export interface Mutation {
  readonly what: string
  /** @returns false when there is nothing of that kind to change */
  readonly apply: (subject: Subject) => boolean
}

/** All groups of a file of tests, each on its own, with the rules in one file and in a fixed order. */
export function subjectsOf(testsText: string, ruleTexts: readonly string[]): Subject[] {
  const tests = parse(testsText) as WrittenTests
  const groups = ruleTexts.flatMap((text) => (parse(text) as WrittenRules).groups)
  return tests.tests.map((test) => ({
    rules: { groups },
    tests: { ...tests, group_eval_order: groups.map(({ name }) => name), tests: [test] },
  }))
}

/** The rule that the test is about. */
function ruleOf({ rules, tests }: Subject): WrittenRule | undefined {
  const [test] = tests.tests
  const name = test?.alert_rule_test?.[0]?.alertname ?? test?.promql_expr_test?.[0]?.expr
  return rules.groups.flatMap((group) => group.rules).find(({ alert, record }) => (alert ?? record) === name)
}

function changeRule(what: string, change: (rule: WrittenRule, subject: Subject) => boolean): Mutation {
  return {
    what,
    apply(subject) {
      const rule = ruleOf(subject)
      return rule !== undefined && change(rule, subject)
    },
  }
}

function changeExpression(what: string, pattern: RegExp, to: (found: string) => string): Mutation {
  return changeRule(what, (rule) => {
    const changed = rule.expr.replace(pattern, to)
    if (changed === rule.expr) return false
    rule.expr = changed
    return true
  })
}

function changeAlert(what: string, change: (rule: WrittenRule) => void): Mutation {
  return changeRule(what, (rule) => {
    if (rule.alert === undefined) return false
    change(rule)
    return true
  })
}

function changeTest(what: string, change: (test: WrittenTest, tests: WrittenTests) => boolean): Mutation {
  return { what, apply: ({ tests }) => change(tests.tests[0] as WrittenTest, tests) }
}

function changeExpected(what: string, change: (alert: WrittenAlert, all: WrittenAlert[]) => void): Mutation {
  return changeTest(what, ({ alert_rule_test: tests = [] }) => {
    const all = tests.find(({ exp_alerts = [] }) => exp_alerts.length > 0)?.exp_alerts
    const [alert] = all ?? []
    if (all === undefined || alert === undefined) return false
    change(alert, all)
    return true
  })
}

/** The text of an annotation, whatever the rule. */
function annotate(text: string): Mutation {
  return changeAlert(`an annotation ${text}`, (rule) => {
    rule.annotations = { ...rule.annotations, summary: text }
  })
}

function scaled(duration: string, by: number): string {
  return duration.replace(/\d+/g, (digits) => String(Math.max(1, Math.round(Number(digits) * by))))
}

function changeTimes(what: string, change: (time: string) => string): Mutation {
  return changeTest(what, ({ alert_rule_test = [], promql_expr_test = [] }) => {
    for (const test of [...alert_rule_test, ...promql_expr_test]) test.eval_time = change(test.eval_time)
    return true
  })
}

function changeValues(what: string, change: (values: string) => string): Mutation {
  return changeTest(what, ({ input_series }) => {
    // Percentiles of Prometheus 2 and 3 differ in the last digit when a series ends within a window.
    const plain = input_series.filter(({ series }) => !series.includes('_bucket'))
    for (const series of plain) series.values = change(String(series.values))
    return true
  })
}

const THRESHOLD = /(?<=(?:>=?|<=?|==) )\d+(?:\.\d+)?/

export const mutations: readonly Mutation[] = [
  { what: 'nothing', apply: () => true },
  changeExpression('twice the threshold', THRESHOLD, (found) => String(Number(found) * 2)),
  changeExpression('a tenth of the threshold', THRESHOLD, (found) => String(Number(found) / 10)),
  changeExpression('a huge threshold', THRESHOLD, () => '1e9'),
  changeExpression('the comparison turned round', /[<>](?=[= ])/, (found) => (found === '<' ? '>' : '<')),
  changeExpression('a comparison that gives 0 or 1', /(?<=[<>]) (?=\d)/, () => ' bool '),
  changeExpression('shorter windows', /\[\w+\]/g, () => '[3m]'),
  changeExpression('longer windows', /\[(\w+)\]/g, (found) => `[${scaled(found.slice(1, -1), 3)}]`),
  changeExpression('other groups', /by \(job/, () => 'by (instance, job'),
  changeExpression('no matchers', /\{[^}]*\}/g, () => ''),
  changeExpression('or in place of and', / and /, () => ' or '),
  changeExpression('an offset', /\[\w+\]/, (found) => `${found} offset 3m`),
  changeExpression('something that is always there', /^[\s\S]*$/, (found) => `(${found}) or vector(1)`),
  changeExpression('a syntax error', /$/, () => ' )'),
  changeExpression('an expression that fails', /^[\s\S]*$/, () => 'up * on () group_left () up'),
  changeExpression('text', /^[\s\S]*$/, () => '"text"'),
  ...['1m', '3m', '30m', '6h'].map((wait) =>
    changeAlert(`for ${wait}`, (rule) => {
      rule.for = wait
    }),
  ),
  changeAlert('no for', (rule) => {
    delete rule.for
  }),
  changeAlert('keep_firing_for', (rule) => {
    rule.keep_firing_for = '20m'
  }),
  changeAlert('another severity', (rule) => {
    rule.labels = { ...rule.labels, severity: 'other' }
  }),
  changeAlert('no labels', (rule) => {
    delete rule.labels
  }),
  changeAlert('a label with the value', (rule) => {
    rule.labels = { ...rule.labels, size: '{{ $value | humanize }}', job: '' }
  }),
  changeAlert('another name', (rule) => {
    rule.alert = 'Other'
  }),
  changeAlert('no annotations', (rule) => {
    delete rule.annotations
  }),
  annotate('{{ $value | humanize }} {{ $value | humanizeDuration }} {{ $value | humanizePercentage }}'),
  annotate('{{ $value | humanize1024 }} {{ printf "%.3f" $value }} {{ $labels.job | toUpper | title }}'),
  annotate('{{ range query "up" }}{{ .Labels.job }}={{ .Value }} {{ end }}'),
  annotate('{{ with query "sum(up)" }}{{ . | first | value | printf "%.0f" }}{{ end }} {{ $labels.nothing }}|'),
  annotate('{{ if gt $value 0.1 }}much{{ else }}little{{ end }} {{ $externalLabels.region }} {{ $externalURL }}'),
  annotate('{{ template "x" . }}'),
  annotate('{{ $value | nothing }}'),
  annotate('{{ $unknown }}'),
  annotate('{{ query "up{" }}'),
  annotate('{{ if gt $value 1 }}x{{ end }}'),
  changeRule('a rule twice', (rule, { rules }) => {
    rules.groups.push({ name: 'twice', rules: [structuredClone(rule)] })
    return true
  }),
  changeRule('a rule missing', (rule, { rules }) => {
    for (const group of rules.groups) group.rules = group.rules.filter((other) => other !== rule)
    return true
  }),
  changeRule('neither record nor alert', (rule) => {
    delete rule.alert
    delete rule.record
    return true
  }),
  changeRule('a field that is unknown', (rule) => {
    Object.assign(rule, { fro: '1m' })
    return true
  }),
  changeRule('a label that is the name', (rule) => {
    rule.labels = { ...rule.labels, __name__: 'x' }
    return true
  }),
  {
    what: 'a limit',
    apply({ rules }) {
      for (const group of rules.groups) group.limit = 1
      return true
    },
  },
  {
    what: 'a group name twice',
    apply({ rules }) {
      rules.groups.push({ name: rules.groups[0]?.name ?? '', rules: [] })
      return true
    },
  },
  changeTest('groups in the opposite order', (_, tests) => {
    tests.group_eval_order?.reverse()
    return true
  }),
  changeTest('evaluated half as often', (_, tests) => {
    tests.evaluation_interval = scaled(tests.evaluation_interval, 2)
    return true
  }),
  changeTest('samples twice as often', (test) => {
    test.interval = scaled(test.interval, 0.5)
    return true
  }),
  changeTest('samples half as often', (test) => {
    test.interval = scaled(test.interval, 2)
    return true
  }),
  changeTest('external labels', (test) => {
    Object.assign(test, { external_labels: { region: 'north' }, external_url: 'http://localhost:9090/x' })
    return true
  }),
  changeTest('no series', (test) => {
    test.input_series = []
    return true
  }),
  changeTest('a series that is no series', ({ input_series }) => {
    input_series.push({ series: 'up{', values: '1' })
    return true
  }),
  changeTimes('twice the time', (time) => scaled(time, 2)),
  changeTimes('half the time', (time) => scaled(time, 0.5)),
  changeTimes('a second later', (time) => `${time}1s`.replace(/s1s$/, 's')),
  changeTimes('at once', () => '0s'),
  changeTimes('a time that is none', () => '5 minutes'),
  changeValues('series that end', (values) => values.replace(/x\d+/g, 'x9 stale')),
  changeValues('series that pause', (values) => values.replace(/x\d+/g, 'x9 _x12 100+3x40')),
  changeValues('series that fall', (values) => values.replace(/x\d+/g, 'x9 0x9 5+2x40')),
  changeValues('series that do not move', (values) => values.replace(/\+\d+(?=x)/g, '+0')),
  changeValues('series with values that are none', (values) => values.replace(/x\d+/g, 'x9 NaN Inf -Inf 7+1x40')),
  changeValues('values that are no numbers', () => '1 2 three'),
  changeExpected('an expected label more', (alert) => {
    alert.exp_labels = { ...alert.exp_labels, more: 'x' }
  }),
  changeExpected('an expected label less', (alert) => {
    const [name] = Object.keys(alert.exp_labels ?? {})
    alert.exp_labels = Object.fromEntries(Object.entries(alert.exp_labels ?? {}).filter(([other]) => other !== name))
  }),
  changeExpected('an expected label that is empty', (alert) => {
    alert.exp_labels = { ...alert.exp_labels, empty: '' }
  }),
  changeExpected('another expected annotation', (alert) => {
    alert.exp_annotations = { ...alert.exp_annotations, summary: 'Other' }
  }),
  changeExpected('no expected annotations', (alert) => {
    delete alert.exp_annotations
  }),
  changeExpected('no expected alert', (_, all) => {
    all.length = 0
  }),
  changeExpected('an expected alert twice', (alert, all) => {
    all.push(structuredClone(alert))
  }),
  changeTest('an alert without a name', ({ alert_rule_test: [first] = [] }) => {
    if (first !== undefined) first.alertname = ''
    return first !== undefined
  }),
  changeTest('another expected value', ({ promql_expr_test = [] }) => {
    const sample = promql_expr_test.flatMap(({ exp_samples = [] }) => exp_samples)[0]
    if (sample !== undefined) sample.value = sample.value * 1.01 + 0.001
    return sample !== undefined
  }),
  changeTest('other expected labels', ({ promql_expr_test = [] }) => {
    const sample = promql_expr_test.flatMap(({ exp_samples = [] }) => exp_samples)[0]
    if (sample !== undefined) sample.labels = 'other{a="b"}'
    return sample !== undefined
  }),
  changeTest('expected labels that are none', ({ promql_expr_test = [] }) => {
    const sample = promql_expr_test.flatMap(({ exp_samples = [] }) => exp_samples)[0]
    if (sample !== undefined) sample.labels = 'other{a=}'
    return sample !== undefined
  }),
  changeTest('what ALERTS shows', (test) => {
    const [first] = test.alert_rule_test ?? []
    if (first === undefined) return false
    test.promql_expr_test = ['ALERTS', 'ALERTS_FOR_STATE', 'count_over_time(ALERTS[7m])'].map((expr) => ({
      expr: `${expr.replace(/ALERTS\w*/, (name) => `${name}{alertname="${first.alertname}"}`)}`,
      eval_time: test.alert_rule_test?.at(-1)?.eval_time ?? '5m',
      exp_samples: [],
    }))
    return true
  }),
  changeTest('a field of a test that is unknown', (test) => {
    Object.assign(test, { series: [] })
    return true
  }),
  changeTest('a rule file that is not there', (_, tests) => {
    tests.rule_files.push('missing-*.yml')
    return true
  }),
  changeTest('a group twice in the order', (_, tests) => {
    const order = tests.group_eval_order ?? []
    order.push(order[0] as string)
    return true
  }),
]
