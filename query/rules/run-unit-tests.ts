/** Runs unit tests of rules as `promtool test rules` does, with its messages. */
import { readFileSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { formatExponent } from '../promql/format-number.ts'
import { formatDuration } from '../promql/literals.ts'
import { quote } from '../quote.ts'
import { compareLabels, compareText, type Labels } from '../series/labels.ts'
import { SeriesStore } from '../series/store.ts'
import { glob } from './glob.ts'
import { GoDuration } from './go-time.ts'
import { RuleGroup } from './rule-group.ts'
import { type LoadedFile, readRuleFiles } from './rule-set.ts'
import { queriesOver, type RuleQueryFunction } from './samples.ts'
import { parseMetric, parseSeries, type SequenceValue } from './series-notation.ts'
import {
  type AlertTest,
  type ExpressionTest,
  readUnitTests,
  type TestGroup,
  type UnitTestFile,
} from './unit-test-file.ts'

/** How the tests of a file went. */
export interface UnitTestResult {
  /** None if all passed. */
  readonly failures: readonly string[]
  readonly warnings: readonly string[]
}

/** @param file the path of a file of unit tests; its rule files are found from there */
export function runUnitTests(file: string): UnitTestResult {
  let tests: UnitTestFile
  try {
    tests = readUnitTests(readFileSync(file, 'utf8'))
  } catch (error) {
    return { failures: [(error as Error).message], warnings: [] }
  }
  const patterns = tests.rule_files.map((path) => (path === '' || isAbsolute(path) ? path : join(dirname(file), path)))
  const missing = patterns.filter((pattern) => glob(pattern).length === 0)
  const warnings = missing.map((pattern) => `  WARNING: no file match pattern ${pattern}`)
  const order = tests.group_eval_order
  const repeated = order.find((name, i) => order.indexOf(name) !== i)
  if (repeated !== undefined) return { failures: [`group name repeated in evaluation order: ${repeated}`], warnings }
  const { files, problems } = readRuleFiles(patterns)
  const failures = tests.tests.flatMap((test) => (problems.length > 0 ? problems : runGroup(test, tests, files)))
  return { failures, warnings }
}

function runGroup(test: TestGroup, file: UnitTestFile, files: readonly LoadedFile[]): readonly string[] {
  try {
    return new TestRun(test, file, files).run()
  } catch (error) {
    return [(error as Error).message]
  }
}

interface InputSample {
  readonly labels: Labels
  readonly time: number
  readonly value: Exclude<SequenceValue, undefined>
}

type Entries = readonly (readonly [string, string])[]

interface FoundAlert {
  readonly labels: Entries
  readonly annotations: Entries
}

class TestRun {
  readonly #test: TestGroup
  readonly #file: UnitTestFile
  readonly #groups: readonly RuleGroup[]
  readonly #store = new SeriesStore()
  readonly #query: RuleQueryFunction
  readonly #samples: readonly InputSample[]
  #loaded = 0

  constructor(test: TestGroup, file: UnitTestFile, files: readonly LoadedFile[]) {
    this.#test = test
    this.#file = file
    this.#query = queriesOver(this.#store, { defaultStep: file.evaluation_interval })
    this.#samples = samplesOf(test, test.interval || file.evaluation_interval)
    const settings = {
      store: this.#store,
      query: this.#query,
      interval: test.interval || file.evaluation_interval,
      externalLabels: test.external_labels,
      externalUrl: test.external_url,
    }
    const rank = new Map(file.group_eval_order.map((name, i) => [name, i]))
    this.#groups = files
      .flatMap(({ file: path, groups }) => groups.map((group) => new RuleGroup(path, group, settings)))
      .sort((a, b) => (rank.get(a.name) ?? 0) - (rank.get(b.name) ?? 0))
  }

  run(): readonly string[] {
    const { alert_rule_test: alertTests, name } = this.#test
    const unnamed = alertTests.find(({ alertname }) => alertname === '')
    if (unnamed !== undefined) {
      const where = name === '' ? '' : ` (in TestGroup ${name})`
      const time = formatDuration(unnamed.eval_time)
      return [`an item under alert_rule_test misses required attribute alertname at eval_time ${time}${where}`]
    }
    const failures: string[] = []
    const { evaluation_interval: interval } = this.#file
    const start = this.#test.start_timestamp
    for (let passed = 0; passed <= this.#lastTime; passed += interval) {
      this.#loadUpTo(start + passed)
      const errors = this.#evaluate(start + passed)
      if (errors.length > 0) return [...failures, ...errors]
      const due = alertTests.filter(({ eval_time: at }) => at >= passed && at < passed + interval)
      const inOrder = [...due].sort((a, b) => a.eval_time - b.eval_time)
      failures.push(...inOrder.flatMap((one) => this.#checkAlerts(one)))
    }
    return [...failures, ...this.#test.promql_expr_test.flatMap((one) => this.#checkExpression(one))]
  }

  get #lastTime(): number {
    const { alert_rule_test, promql_expr_test } = this.#test
    return Math.max(0, ...[...alert_rule_test, ...promql_expr_test].map(({ eval_time }) => eval_time))
  }

  #loadUpTo(time: number): void {
    for (; this.#loaded < this.#samples.length; this.#loaded++) {
      const { labels, time: at, value } = this.#samples[this.#loaded] as InputSample
      if (at > time) return
      if (value === 'stale') this.#store.markEnded(labels, at)
      else this.#store.append(labels, at, value)
    }
  }

  #evaluate(time: number): string[] {
    return this.#groups.flatMap((group) => {
      group.evaluate(time)
      return group.rules.flatMap(({ definition, lastError }) => {
        const at = new GoDuration(time / 1000).print()
        return lastError === undefined ? [] : [`    rule: ${definition.name}, time: ${at}, err: ${lastError.message}`]
      })
    })
  }

  #checkAlerts({ alertname, eval_time, exp_alerts }: AlertTest): string[] {
    const found = this.#groups
      .flatMap(({ rules }) => rules)
      .filter(({ definition }) => definition.name === alertname)
      .flatMap(({ alerts }) => alerts.filter(({ state }) => state === 'firing'))
      .map(({ labels, annotations }) => ({ labels: labels.entries(), annotations }))
      .sort(compareAlerts)
    const expected = exp_alerts
      .map(({ exp_labels, exp_annotations }) => ({
        labels: sorted(new Map([...exp_labels, ['alertname', alertname]])),
        annotations: sorted(exp_annotations),
      }))
      .sort(compareAlerts)
    if (JSON.stringify(expected) === JSON.stringify(found)) return []
    const { name } = this.#test
    return [
      `${name === '' ? '' : `    name: ${name},\n`}    alertname: ${alertname}, time: ${formatDuration(eval_time)}, \n` +
        `        exp:${indented(printAlerts(expected), '            ')}, \n` +
        `        got:${indented(printAlerts(found), '            ')}`,
    ]
  }

  #checkExpression({ expr, eval_time, exp_samples }: ExpressionTest): string[] {
    const context = `    expr: ${quote(expr)}, time: ${formatDuration(eval_time)},`
    try {
      const found = this.#query(expr, this.#test.start_timestamp + eval_time).map(toSample)
      const expected = exp_samples.map(expectedSample)
      found.sort(compareSamples)
      expected.sort(compareSamples)
      if (this.#isSame(expected, found)) return []
      return [`${context}\n        exp: ${printSamples(expected)}\n        got: ${printSamples(found)}`]
    } catch (error) {
      return [`${context} err: ${(error as Error).message}`]
    }
  }

  #isSame(expected: readonly Sample[], found: readonly Sample[]): boolean {
    const isClose = (a: number, b: number): boolean => a === b || (this.#file.fuzzy_compare && areNeighbours(a, b))
    return (
      expected.length === found.length &&
      expected.every(({ labels, value }, i) => {
        const other = found[i] as Sample
        return labels.key === other.labels.key && isClose(value, other.value)
      })
    )
  }
}

/** Of two descriptions of a series, the later is used. */
function samplesOf({ input_series, start_timestamp }: TestGroup, interval: number): readonly InputSample[] {
  const series = new Map(
    input_series.map(({ series: written, values }) => {
      const parsed = readSeries(`${written} ${values}`)
      return [parsed.labels.key, parsed] as const
    }),
  )
  const samples = [...series.values()].flatMap(({ labels, values }) =>
    values.flatMap((value, i) =>
      value === undefined ? [] : [{ labels, time: start_timestamp + i * interval, value }],
    ),
  )
  return samples.sort((a, b) => a.time - b.time)
}

function readSeries(text: string): ReturnType<typeof parseSeries> {
  try {
    return parseSeries(text)
  } catch (error) {
    throw new Error(`series ${quote(text)}: ${(error as Error).message}`)
  }
}

interface Sample {
  readonly labels: Labels
  readonly value: number
}

function toSample({ labels, value }: Sample): Sample {
  return { labels, value }
}

function expectedSample({ labels, value, histogram }: ExpressionTest['exp_samples'][number]): Sample {
  if (histogram !== '') throw new Error(`labels ${quote(labels)}: native histograms are not supported`)
  try {
    return { labels: parseMetric(labels), value }
  } catch (error) {
    throw new Error(`labels ${quote(labels)}: ${(error as Error).message}`)
  }
}

function compareSamples(a: Sample, b: Sample): number {
  return compareLabels(a.labels, b.labels)
}

/** Whether no other number is between them. */
function areNeighbours(a: number, b: number): boolean {
  const [x, y] = new BigInt64Array(Float64Array.of(a, b).buffer) as unknown as [bigint, bigint]
  return Number.isFinite(a) && Number.isFinite(b) && (x - y === 1n || y - x === 1n)
}

function sorted(texts: ReadonlyMap<string, string>): Entries {
  return [...texts].sort(([a], [b]) => compareText(a, b))
}

function compareAlerts(a: FoundAlert, b: FoundAlert): number {
  return compareEntries(a.labels, b.labels) || compareEntries(a.annotations, b.annotations)
}

function compareEntries(a: Entries, b: Entries): number {
  const [x, y] = [a.flat(), b.flat()]
  const at = x.findIndex((text, i) => text !== y[i])
  if (at === -1 || at >= y.length) return x.length - y.length
  return compareText(x[at] as string, y[at] as string)
}

function printAlerts(alerts: readonly FoundAlert[]): string {
  if (alerts.length === 0) return '[]'
  const printed = alerts.map(({ labels, annotations }, i) => {
    const lines = `\nLabels:${printEntries(labels)}\nAnnotations:${printEntries(annotations)}`
    return `${i}:${indented(lines, '  ')}`
  })
  return `[\n${printed.join(',\n')}\n]`
}

function printEntries(entries: Entries): string {
  const names = entries.map(([name, value]) => `${/^[a-zA-Z_]\w*$/.test(name) ? name : quote(name)}=${quote(value)}`)
  return `{${names.join(', ')}}`
}

function indented(text: string, by: string): string {
  return text.replaceAll('\n', `\n${by}`)
}

function printSamples(samples: readonly Sample[]): string {
  if (samples.length === 0) return 'nil'
  return samples.map(({ labels, value }) => `${labels} ${formatExponent(value, 'E')}`).join(', ')
}
