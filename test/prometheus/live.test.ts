import t from 'tap'
import { startApp } from '../../testkit/app-process.ts'
import { freePort } from '../../testkit/free-port.ts'
import { needs } from '../../testkit/installed.ts'
import { startAlertmanager, startPrometheus } from '../../testkit/prometheus-server.ts'
import { waitFor } from '../../testkit/wait-for.ts'
import { quickAlertmanager, quickPrometheus, WINDOW } from './quick.ts'
import { selectorsOf } from './selectors.ts'
import { prometheusQueries, read, rules, variableQueries } from './shipped.ts'
import { startTraffic } from './traffic.ts'
import { startWebhook } from './webhook.ts'

interface Exemplars {
  readonly seriesLabels: Readonly<Record<string, string>>
  readonly exemplars: readonly { readonly labels: Readonly<Record<string, string>> }[]
}

t.test('the running app in a real Prometheus', needs('prometheus', 'prometheus-alertmanager'), async (t) => {
  const webhook = await startWebhook(t)
  const [app, alertmanager, port] = await Promise.all([
    startApp(t, { env: { PHASE: '5' }, timeout: 60_000 }),
    startAlertmanager(t, quickAlertmanager(webhook.url)),
    freePort(),
  ])
  const here = new URL(app.url).host
  const targets = {
    'host.docker.internal:8080': here,
    'gateway:8080': here,
    'localhost:9090': `127.0.0.1:${port}`,
    'alertmanager:9093': alertmanager,
  }
  const prometheus = await startPrometheus(t, port, quickPrometheus(targets))
  const traffic = await startTraffic(t, app.url)

  /** Waits until each item has had data at some time; `find` returns what an item still lacks. */
  async function each<T extends { where: string }>(
    what: string,
    all: readonly T[],
    find: (one: T) => Promise<string | undefined>,
  ): Promise<void> {
    let missing = all.map((one) => ({ one, lacks: 'not asked' as string | undefined }))
    await waitFor(
      what,
      async () => {
        const asked = await Promise.all(missing.map(async ({ one }) => ({ one, lacks: await find(one) })))
        missing = asked.filter(({ lacks }) => lacks !== undefined)
        return missing.length === 0
      },
      { timeout: 60_000, interval: 90, seen: () => missing.map(({ one, lacks }) => `${one.where}: ${lacks}`) },
    )
  }

  /** The missing data or legend label. */
  async function lackOfData(expr: string, legend = ''): Promise<string | undefined> {
    const samples = (await prometheus.query(expr)).filter(({ value }) => !Number.isNaN(Number(value[1])))
    if (samples.length === 0) return `no data for ${expr}`
    const shown = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label as string)
    const lost = shown.filter((label) => !samples.some(({ metric }) => metric[label] !== undefined))
    return lost.length === 0 ? undefined : `no label ${lost.join()} for ${expr}`
  }

  const panels = prometheusQueries(WINDOW)
  const records = rules.flatMap(({ record }) => (record === undefined ? [] : [{ where: record, expr: record }]))
  // With bool a comparison returns 0 or 1; without it, there is no data while all is well.
  const alerts = rules.flatMap(({ alert, labels, expr }) =>
    alert === undefined
      ? []
      : [{ where: `${alert} ${labels?.severity}`, expr: expr.replaceAll(/ ([<>]|==) /g, ' $1 bool ') }],
  )

  t.test('every target of the file is scraped under the name of its service', async (t) => {
    const names = ['course-app', 'course-app-otel', 'gateway', 'gateway-otel', 'prometheus', 'alertmanager']
    await waitFor('them to be up', async () => {
      const up = (await prometheus.query('up == 1')).map(({ metric }) => metric.job)
      return names.every((name) => up.includes(name))
    })
    const { activeTargets } = await prometheus.get<{ activeTargets: { labels: { job: string } }[] }>('targets')
    const jobs = new Set(activeTargets.map(({ labels }) => labels.job))
    for (const job of [...names, 'course', 'course-otel', 'partner', 'grafana', 'loki', 'jaeger', 'fluent-bit'])
      t.ok(jobs.has(job), job)
  })

  t.test('every expression of every panel and rule returns data', async (t) => {
    t.ok(panels.length > 50 && records.length > 20 && alerts.length > 10, 'they have been found')
    await each('all panels to have data', panels, ({ expr, legendFormat }) => lackOfData(expr, legendFormat))
    await each('all recording rules to have data', records, ({ expr }) => lackOfData(expr))
    await each('both sides of all alerts to have data', alerts, ({ expr }) => lackOfData(expr))
    const { groups } = await prometheus.get<{ groups: { rules: { name: string; health: string }[] }[] }>('rules')
    const health = groups.flatMap((group) => group.rules.map(({ name, health }) => `${name} ${health}`))
    t.equal(health.length, rules.length)
    t.same(
      health.filter((each) => !each.endsWith(' ok')),
      [],
    )
  })

  t.test('every label in them exists', async (t) => {
    const asked = [...panels, ...records, ...rules.map(({ expr, alert }) => ({ expr, where: alert ?? 'a rule' }))]
    const labels = asked.flatMap(({ where, expr }) =>
      selectorsOf(expr).flatMap(({ metric, labels }) =>
        labels.map((label) => ({ where, metric, label, key: `${metric} ${label}` })),
      ),
    )
    const different = [...new Map(labels.map((one) => [one.key, one])).values()]
    t.ok(different.length > 50, 'they have been found')
    await each('all labels to exist', different, async ({ metric, label }) =>
      (await prometheus.query(`count(${metric}{${label}!=""})`)).length > 0 ? undefined : `no ${metric}{${label}}`,
    )
  })

  t.test('every variable has values to choose from', async (t) => {
    const variables = variableQueries(WINDOW)
    t.ok(variables.length > 5)
    await each('all variables to have values', variables, async ({ series, label }) => {
      const values = await prometheus.get<string[]>(`label/${label}/values`, { 'match[]': series })
      return values.length > 0 ? undefined : `no ${label} of ${series}`
    })
  })

  t.test('the queries of docs/alerts.md work', async (t) => {
    const queries = [...read('docs/alerts.md').matchAll(/```promql\n([\s\S]*?)```/g)].map(
      ([, query]) => query as string,
    )
    t.ok(queries.length > 10)
    for (const query of queries) await t.resolves(prometheus.query(query), query)
  })

  t.test('exemplars arrive with the trace ids of requests', async (t) => {
    const queries = panels.filter(({ exemplar }) => exemplar)
    t.ok(queries.length >= 3)
    for (const { where, expr } of queries) {
      const ids = await waitFor(`exemplars for ${where}`, async () => {
        const now = Date.now() / 1000
        const range = { start: String(now - 600), end: String(now + 1) }
        const found = await prometheus.get<Exemplars[]>('query_exemplars', { query: expr, ...range })
        const ids = found.flatMap(({ exemplars }) => exemplars.map(({ labels }) => labels.trace_id))
        return ids.length > 0 && ids
      })
      t.ok(
        ids.every((id) => id !== undefined && traffic.traceIds.has(id)),
        where,
      )
    }
  })

  t.test('errors make an alert pending, then firing, then send a message, and another when they end', async (t) => {
    for (const state of ['pending', 'firing']) {
      const expr = `max_over_time(ALERTS{alertname="HighErrorRate", job="course-app", alertstate="${state}"}[10m])`
      await waitFor(`it to be ${state}`, async () => (await prometheus.query(expr)).length > 0)
    }
    const told = (status: string) =>
      waitFor(`the webhook to be told that it is ${status}`, () =>
        webhook.told.find(
          (alert) =>
            alert.status === status && alert.labels.alertname === 'HighErrorRate' && alert.labels.job === 'course-app',
        ),
      )
    t.match(await told('firing'), {
      receiver: 'page',
      labels: { severity: 'page' },
      annotations: { summary: /^course-app fails .*% of its requests$/, runbook_url: 'docs/alerts.md#higherrorrate' },
    })
    traffic.errors = false
    await told('resolved')
  })
})
