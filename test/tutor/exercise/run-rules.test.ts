import t from 'tap'
import { readRuleFile } from '../../../query/rules/rule-file.ts'
import { server } from '../../../tutor/exercise/queries/server.ts'
import { type Run, runRules } from '../../../tutor/exercise/rules/run-rules.ts'
import type { Scenario } from '../../../tutor/exercise/rules/scenario.ts'

const SCENARIO: Scenario = {
  when: 'when an instance is down for five minutes',
  instances: [server(1, [], { isUp: (second) => second < 600 || second >= 900 })],
  minutes: 20,
  look: '',
}

function run(rule: string, mostTime?: number): Run {
  const { groups, problems } = readRuleFile(`groups: [{ name: test, rules: [${rule}] }]`)
  t.strictSame(problems, [])
  return runRules(groups, SCENARIO, mostTime)
}

t.test('an alert is pending, fires and ends when its samples say so', async (t) => {
  const { episodes, error } = run('{ alert: Down, expr: up == 0, for: 2m, annotations: { summary: "{{ $value }}" } }')
  t.equal(error, undefined)
  t.match(episodes, [{ activeAt: 600, firedAt: 720, endedAt: 900 }])
  t.equal(episodes[0]?.annotations.get('summary'), '0')
  t.equal(episodes.length, 1)
})

t.test('an alert that lasts until the end has no end, and one that is too short does not fire', async (t) => {
  t.match(run('{ alert: Always, expr: vector(1) }').episodes, [{ activeAt: 300, firedAt: 300, endedAt: undefined }])
  t.match(run('{ alert: Down, expr: up == 0, for: 10m }').episodes, [
    { activeAt: 600, firedAt: undefined, endedAt: 900 },
  ])
})

t.test('rules see what earlier rules have recorded, and no sample from the future', async (t) => {
  const recorded = '{ record: down, expr: up == 0 }, { alert: Down, expr: down }'
  t.match(run(recorded).episodes, [{ activeAt: 600, endedAt: 900 }])
  t.match(run('{ alert: Soon, expr: up offset -1m == 0 }').episodes, [{ activeAt: 600 }])
})

t.test('no run knows what time it was in another one', async (t) => {
  const first = [1, 2, 3].map(() => run('{ alert: Clock, expr: vector(1), annotations: { summary: "{{ now }}" } }'))
  const times = first.map(({ episodes: [episode] }) => episode?.annotations.get('summary'))
  t.equal(new Set(times).size, 3)
})

t.test('rules that fail or take too long end the run', async (t) => {
  t.match(run(`{ record: a, expr: 'label_replace(up, "b", "$1", "a", "(")' }`).error, /^a: /)
  t.equal(run('{ alert: Down, expr: up == 0 }', 0).error, 'the rules take longer than 0 seconds')
})
