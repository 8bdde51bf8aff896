import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { needs } from '../../testkit/installed.ts'
import { filesIn, RULES, type Rule, read, root, ruleFiles, rules } from './shipped.ts'

/** One case of a promtool test file. */
interface Case {
  readonly alert_rule_test?: readonly {
    readonly alertname: string
    readonly exp_alerts: readonly { readonly exp_labels: Readonly<Record<string, string>> }[]
  }[]
  readonly promql_expr_test?: readonly { readonly expr: string; readonly exp_samples: readonly object[] }[]
}

const testFiles = filesIn(RULES, '.test.yml')
const cases = testFiles.flatMap((file) => (parse(read(file)) as { tests: Case[] }).tests)

function succeeds(t: Test, program: string, ...args: string[]): void {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: root, encoding: 'utf8' })
  t.equal(status, 0, `${program} ${args.join(' ')}\n${status === 0 ? '' : stdout + stderr}`)
}

t.test('promtool and amtool accept the files', needs('promtool', 'amtool'), async (t) => {
  succeeds(t, 'promtool', 'check', 'config', 'prometheus.yml')
  succeeds(t, 'promtool', 'check', 'rules', '--lint=all', '--lint-fatal', ...ruleFiles)
  succeeds(t, 'amtool', 'check-config', 'docker/alertmanager.yml')
  t.ok(ruleFiles.length > 2)
})

t.test('the rules pass their tests', needs('promtool'), async (t) => {
  for (const file of testFiles) succeeds(t, 'promtool', 'test', 'rules', file)
  t.ok(testFiles.length > 2)
})

t.test('every alert is tested firing and not firing', async (t) => {
  const tests = cases.flatMap(({ alert_rule_test = [] }) => alert_rule_test)
  for (const { alert, labels = {} } of rules.filter(({ alert }) => alert !== undefined)) {
    const name = `${alert} ${Object.values(labels).join(' ')}`
    const isExpected = ({ exp_alerts }: (typeof tests)[number]) =>
      exp_alerts.some(({ exp_labels }) => Object.entries(labels).every(([key, value]) => exp_labels[key] === value))
    const own = tests.filter(({ alertname }) => alertname === alert)
    t.ok(own.some(isExpected), `${name} fires`)
    t.ok(!own.every(isExpected), `${name} does not fire`)
  }
})

t.test('every recording rule is tested with and without traffic', async (t) => {
  const tests = cases.flatMap(({ promql_expr_test = [] }) => promql_expr_test)
  for (const { record } of rules.filter(({ record }) => record !== undefined)) {
    const own = tests.filter(({ expr }) => expr === record)
    t.ok(
      own.some(({ exp_samples }) => exp_samples.length > 0),
      `${record} has a value`,
    )
    t.ok(
      own.some(({ exp_samples }) => exp_samples.length === 0),
      `${record} has none`,
    )
  }
})

t.test('every alert has a description, a severity and a link', async (t) => {
  const page = read('docs/alerts.md')
  const [, ...sections] = page.split(/^## /m)
  const alerts = alertsOfAllTools()
  t.ok(alerts.length > 10)
  for (const { alert = '', for: wait, labels, annotations } of alerts) {
    const link = `#${alert.toLowerCase()}`
    const expected = {
      wait: /^\d+[smh]$/,
      labels: { severity: /^(page|ticket)$/ },
      annotations: { summary: /\w/, description: /\w/, runbook_url: `docs/alerts.md${link}` },
    }
    t.match({ wait, labels, annotations }, expected, alert)
    const section = sections.find((text) => text.startsWith(`${alert}\n`))
    t.match(section, new RegExp(`^\\*.*${labels?.severity}.*\\*$`, 'm'), `docs/alerts.md has ${alert} and its severity`)
    t.ok(page.includes(`| [${alert}](${link}) |`), `${alert} is in its table`)
  }
})

t.test('every section of docs/alerts.md has the same five parts', async (t) => {
  const [, ...sections] = read('docs/alerts.md').split(/^## /m)
  t.ok(sections.length > 10)
  for (const section of sections) {
    const [heading = ''] = section.split('\n')
    const parts = [...section.matchAll(/^\*\*([^*]+)\.\*\*/gm)].map(([, part]) => part)
    t.same(parts, ['Meaning', 'Likely causes', 'Look at', 'What to do', 'Try it'], heading)
    t.match(section, /^\*(page|ticket)/m, `${heading} says its severity`)
    // Loki's rules are in Loki's own folder.
    const isKnown = rules.some(({ alert }) => alert === heading) || /^\*.*from Loki\*$/m.test(section)
    t.ok(isKnown, `there is an alert ${heading}`)
  }
})

/** Rules of Prometheus and of Loki. */
function alertsOfAllTools(): Rule[] {
  return readdirSync(join(root, 'docker'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.rules.yml'))
    .flatMap((name) => (parse(read(join('docker', name))) as { groups: { rules: Rule[] }[] }).groups)
    .flatMap((group) => group.rules)
    .filter(({ alert }) => alert !== undefined)
}
