import t from 'tap'
import { readRuleFile } from '../../query/rules/rule-file.ts'
import { RuleSet } from '../../query/rules/rule-set.ts'
import { queriesOver } from '../../query/rules/samples.ts'
import { SeriesStore } from '../../query/series/store.ts'
import { PrometheusApi } from '../../query/server/prometheus-api.ts'
import { freePort } from '../../testkit/free-port.ts'
import { needs } from '../../testkit/installed.ts'
import { startPrometheus } from '../../testkit/prometheus-server.ts'
import { waitFor } from '../../testkit/wait-for.ts'

/** Gives the same whatever is scraped, so that a real Prometheus says the same. */
const file = `groups:
  - name: second
    interval: 1s
    limit: 7
    rules:
      - record: answer
        expr: vector(42)
        labels: { team: a }
      - record: fails
        expr: vector(1) + on () (label_replace(vector(1), "x", "1", "", "") or vector(2))
        labels: { team: c }
      - alert: Waits
        expr: sum without (job) (label_replace(vector(1.5), "x", "y", "", "")) > bool 1 == 1
        for: 1h
        labels: { team: b, level: '{{ $value }}' }
        annotations: { summary: 'It is {{ $value }}', about: '{{ $labels.x }}' }
      - alert: Fires
        expr: vector(1500.5)
        keep_firing_for: 5m
        labels: { team: a }
  - name: first
    interval: 1s
    rules:
      - alert: Never
        expr: vector(1) > 2
`

interface Answer {
  readonly status: string
  readonly error?: string
  readonly data: {
    readonly groups?: readonly { readonly name: string; readonly file: string; readonly rules: readonly object[] }[]
    readonly groupNextToken?: string
  }
}

/** Without times, and without what Prometheus 2.42 does not have. */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, one]) => [
    key,
    /Time$|At$|lastEvaluation/.test(key) ? typeof one : comparable(one),
  ])
  return Object.fromEntries(entries.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)))
}

t.test('rules and alerts are served as Prometheus serves them', needs('prometheus'), async (t) => {
  const real = await startPrometheus(t, await freePort(), {
    'prometheus.yml': 'rule_files: [own.rules.yml]\n',
    'own.rules.yml': file,
  })
  const askReal = async (path: string) => (await (await fetch(`${real.url}/api/v1/${path}`)).json()) as Answer
  await waitFor(
    'two evaluations',
    async () => {
      const { data } = await askReal('rules')
      const text = JSON.stringify(data)
      return !text.includes('unknown') && text.includes('"firing"') && data.groups?.length === 2
    },
    { timeout: 60_000 },
  )

  const store = new SeriesStore()
  const rules = new RuleSet({ store, query: queriesOver(store), interval: 1000 })
  const served = (await askReal('rules')).data.groups
  rules.replace([{ file: served?.[0]?.file as string, groups: readRuleFile(file).groups }], 0)
  const api = new PrometheusApi(store, {}, Date.now, rules)
  for (const now of [1000, 2000]) for (const { group, time } of rules.takeDue(now)) group.evaluate(time)
  const askOwn = (path: string) => {
    const [name = '', query] = path.split('?')
    return api.answer(name, new URLSearchParams(query))?.body as Answer
  }

  for (const path of ['rules', 'alerts', 'rules?type=alert', 'rules?type=other'])
    t.strictSame(comparable(askOwn(path)), comparable(await askReal(path)), path)
  // Of Prometheus 3.
  const rulesOf = (path: string) => askOwn(path).data.groups?.flatMap((group) => group.rules)
  t.match(rulesOf('rules?rule_name[]=Waits&rule_name[]=answer'), [{ name: 'answer' }, { name: 'Waits' }])
  t.match(rulesOf('rules?type=record'), [{ name: 'answer' }, { name: 'fails' }])
  t.match(rulesOf('rules?rule_group[]=first'), [{ name: 'Never' }])
  t.strictSame(askOwn('rules?file[]=nothing').data, { groups: [] })
  t.match(rulesOf('rules?match[]={team="a"}'), [{ name: 'answer' }, { name: 'Fires' }])
  t.match(askOwn('rules?match[]={team='), { status: 'error', error: /^1:7: parse error: / })
  t.match(rulesOf('rules?type=alert&exclude_alerts=true'), [{ alerts: null }, { alerts: null }, { alerts: null }])
  t.match(askOwn('rules?exclude_alerts=maybe'), { error: /^invalid parameter "exclude_alerts": error converting/ })
  const page = askOwn('rules?group_limit=1').data
  t.match(page, { groups: [{ name: 'first' }], groupNextToken: /^[\da-f]{64}$/ })
  const next = askOwn(`rules?group_limit=1&group_next_token=${page.groupNextToken}`).data
  t.match(next, { groups: [{ name: 'second' }], groupNextToken: undefined })
  t.match(askOwn('rules?group_next_token=x'), { error: /group_limit needs to be present/ })
  t.match(askOwn('rules?group_limit=0'), { error: /group_limit needs to be greater than 0/ })
})
