import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { readRuleFile } from '../../query/rules/rule-file.ts'
import { RuleSet } from '../../query/rules/rule-set.ts'
import { runUnitTests } from '../../query/rules/run-unit-tests.ts'
import { queriesOver } from '../../query/rules/samples.ts'
import { Labels } from '../../query/series/labels.ts'
import { SeriesStore } from '../../query/series/store.ts'
import { findProgram, needs } from '../../testkit/installed.ts'
import { filesIn, read, root, ruleFiles } from '../prometheus/shipped.ts'

interface WrongFile {
  readonly name: string
  readonly file: string
  readonly problems: readonly string[]
  readonly only3?: boolean
}

const wrongFiles = parse(read('test/query/rule-problems.yml')) as readonly WrongFile[]
const cases = filesIn('test/query/rule-cases', '.test.yml')

t.test('what is wrong with a rule file is told as promtool tells it', (t) => {
  for (const { name, file, problems } of wrongFiles) t.strictSame(readRuleFile(file).problems, problems, name)
  for (const file of ruleFiles) t.strictSame(readRuleFile(read(file)).problems, [], file)
  t.end()
})

t.test('promtool accepts and refuses the same files, for the same reasons', needs('promtool'), (t) => {
  const folder = t.testdir(Object.fromEntries(wrongFiles.map(({ file }, i) => [`${i}.yml`, file])))
  for (const [i, { name, problems, only3 }] of wrongFiles.entries()) {
    const { status, stderr } = spawnSync(findProgram('promtool') as string, ['check', 'rules', `${i}.yml`], {
      cwd: folder,
      encoding: 'utf8',
    })
    t.equal(status === 0, problems.length === 0, `${name}: ${stderr}`)
    // Positions that it does not know, and what the YAML parser says, are other.
    const real = stderr.split('\n').flatMap((line) => /^\d+\.yml: (?:\d+:\d+: )*(.*)$/.exec(line)?.slice(1) ?? [])
    const own = problems.flatMap((problem) => problem.split('\n')[0]?.replace(/^(?:\d+:\d+: )+/, '') ?? [])
    if (only3 !== true && !own[0]?.startsWith('yaml: line')) t.strictSame([...new Set(real)], own, name)
  }
  t.end()
})

t.test('the cases of rules pass', (t) => {
  for (const file of cases) t.strictSame(runUnitTests(join(root, file)), { failures: [], warnings: [] }, file)
  t.ok(cases.length > 1)
  t.end()
})

t.test('promtool passes them too', needs('promtool'), (t) => {
  const { status, stdout, stderr } = spawnSync(findProgram('promtool') as string, ['test', 'rules', ...cases], {
    cwd: root,
    encoding: 'utf8',
  })
  t.equal(status, 0, stdout + stderr)
  t.end()
})

t.test('histograms in series are refused by name', (t) => {
  const folder = t.testdir({
    'own.test.yml': `tests:
  - input_series: [{ series: x, values: '{{schema:0 sum:1 count:1 buckets:[1]}}' }]
    promql_expr_test: [{ expr: x, eval_time: 0m }]
`,
  })
  t.match(runUnitTests(join(folder, 'own.test.yml')).failures, [
    /native histograms such as \{\{schema:0 are not supported/,
  ])
  t.end()
})

/** Rules over a store with one series; a sample each second. */
function ruleSet(text: string): {
  readonly rules: RuleSet
  readonly store: SeriesStore
  load(file: string, time: number): void
} {
  const store = new SeriesStore()
  const rules = new RuleSet({ store, query: queriesOver(store), interval: 1000 })
  const load = (file: string, time: number) => {
    const { groups, problems } = readRuleFile(file)
    t.strictSame(problems, [])
    rules.replace([{ file: 'own.yml', groups }], time)
  }
  load(text, 0)
  return { rules, store, load }
}

const size = Labels.of({ __name__: 'size', job: 'app' })
const high = (threshold: number, wait: string) => `groups:
  - name: own
    rules:
      - { record: doubled, expr: size * 2 }
      - { alert: High, expr: 'size > ${threshold}', for: ${wait} }
`

function tick(rules: RuleSet, store: SeriesStore, time: number, value = 5): void {
  store.append(size, time, value)
  for (const { group, time: due } of rules.takeDue(time)) group.evaluate(due)
}

const states = (rules: RuleSet) =>
  rules.groups.flatMap((group) => group.rules.flatMap(({ alerts }) => alerts.map(({ state }) => state)))

t.test('rules that are loaded again go on with their alerts', (t) => {
  const { rules, store, load } = ruleSet(high(1, '2s'))
  for (const time of [1000, 2000]) tick(rules, store, time)
  t.strictSame(states(rules), ['pending'])
  load(high(2, '2s'), 2500)
  tick(rules, store, 3000)
  t.strictSame(states(rules), ['firing'])
  load(high(2, '1m'), 3500)
  tick(rules, store, 4000)
  t.strictSame(states(rules), ['pending'], 'with more patience')
  load(high(9, '1m'), 4500)
  tick(rules, store, 5000)
  t.strictSame(states(rules), [])
  t.end()
})

t.test('series of rules that are no more end', (t) => {
  const { rules, store, load } = ruleSet(high(1, '0s'))
  const query = queriesOver(store)
  tick(rules, store, 1000)
  t.equal(query('doubled', 1000)[0]?.value, 10)
  t.equal(query('ALERTS', 1000)[0]?.value, 1)
  load('groups: [{ name: own, rules: [{ record: tripled, expr: size * 3 }] }]', 1500)
  tick(rules, store, 2000)
  t.strictSame(query('{__name__=~"doubled|ALERTS.*"}', 2000), [])
  t.equal(query('tripled', 2000)[0]?.value, 15)
  load('groups: []', 2500)
  t.strictSame(query('tripled', 3000), [])
  t.end()
})

t.test('a rule that fails tells why, and the others go on', (t) => {
  const { rules, store } = ruleSet(`groups:
  - name: own
    limit: 1
    rules:
      - { record: a, expr: size * on () group_left () (size or vector(1)) }
      - { record: b, expr: '"text"' }
      - { record: c, expr: size or vector(2) }
      - { alert: D, expr: size or vector(2) }
      - { record: size, expr: vector(1), labels: { job: app } }
      - { record: e, expr: size }
`)
  tick(rules, store, 1000)
  const [group] = rules.groups
  const errors = group?.rules.map(({ health, lastError }) => `${health} ${lastError?.message ?? ''}`)
  t.match(errors, [
    /^err found duplicate series for the match group/,
    'err rule result is not a vector or scalar',
    'err exceeded limit of 1 with 2 series',
    'err exceeded limit of 1 with 2 alerts',
    'err duplicate sample for timestamp 1000; overrides not allowed: existing 5, new value 1',
    'ok ',
  ])
  t.end()
})

t.test('a resolved alert is kept for a quarter of an hour, and not shown', (t) => {
  const { rules, store } = ruleSet(high(1, '0s'))
  tick(rules, store, 1000)
  tick(rules, store, 2000, 0)
  const rule = rules.groups[0]?.rules[1]?.rule
  t.strictSame(states(rules), [])
  t.equal(rule?.kind === 'alerting' && rule.state, 'inactive')
  tick(rules, store, 3000)
  t.strictSame(states(rules), ['firing'])
  t.end()
})

t.test('missed times are left out, and replaying takes each', (t) => {
  const { rules, store } = ruleSet(high(1, '0s'))
  store.append(size, 500, 5)
  store.append(size, 9500, 6)
  rules.replay(500, 9500)
  const [series] = store.select([]).filter(({ labels }) => labels.get('__name__') === 'doubled')
  t.strictSame(
    [...(series?.times ?? [])],
    [1, 2, 3, 4, 5, 6, 7, 8, 9].map((second) => second * 1000),
  )
  t.equal(rules.takeDue(9999).length, 0)
  t.strictSame(
    rules.takeDue(20_000).map(({ time }) => time),
    [20_000],
  )
  t.throws(() => rules.replay(0, 1e12), { message: /more than 200000: give the groups a longer interval/ })
  t.end()
})

const main = join(root, 'dist/query/server/main.js')
const run = (...args: string[]) => spawnSync(process.execPath, [main, ...args], { cwd: root, encoding: 'utf8' })

t.test('--test-rules and --check-rules print and end as promtool does', (t) => {
  const folder = t.testdir({
    'bad.rules.yml': 'groups: [{ name: g, rules: [{ record: a, expr: "sum(" }] }]',
    'twice.rules.yml':
      'groups: [{ name: g, rules: [{ record: a, expr: b, labels: { x: y } }, { record: a, expr: c, labels: { x: y } }] }]',
    'bad.test.yml': 'rule_files: [bad.rules.yml]\ntests: [{}]',
  })
  const passed = run('--test-rules', cases[0] as string, cases[1] as string)
  t.equal(passed.status, 0)
  t.equal(passed.stdout, cases.map((file) => `Unit Testing:  ${file}\n  SUCCESS\n\n`).join(''))
  const failed = run('--test-rules', join(folder, 'bad.test.yml'))
  t.equal(failed.status, 1)
  t.match(
    failed.stderr,
    /^ {2}FAILED:\n.*bad\.rules\.yml: 1:48: group "g", rule 1, "a": could not parse expression: 1:5:/,
  )
  t.equal(run('--check-rules', ...ruleFiles).status, 0)
  const duplicates = run('--check-rules', join(folder, 'twice.rules.yml'))
  t.equal(duplicates.status, 0, 'a warning, as of promtool')
  t.equal(
    duplicates.stderr,
    '  FAILED:\nlint error 1 duplicate rule(s) found.\nMetric: a\nLabel(s):\n\tx: y\nMight cause inconsistency while recording expressions\n\n',
  )
  t.equal(run('--check-rules', join(folder, 'bad.rules.yml')).status, 1)
  t.equal(run('--rules', 'x').status, 1)
  t.end()
})
