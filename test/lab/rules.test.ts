import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { quickStart, startApp } from '../../testkit/app-process.ts'
import { Prometheus } from '../../testkit/prometheus-server.ts'
import { waitFor } from '../../testkit/wait-for.ts'
import { RULES, root } from '../prometheus/shipped.ts'

interface Alert {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly state: string
}

interface Rules {
  readonly status: string
  readonly data: {
    readonly groups: readonly { readonly name: string; readonly rules: readonly { health: string }[] }[]
  }
  readonly warnings?: readonly string[]
}

const errors = (threshold: number, wait = '2s') => `groups:
  - name: errors
    interval: 1s
    rules:
      - record: job:failed:total
        expr: sum by (job) (http_server_request_count_total{status=~"5.."}) or vector(0)
      - alert: RequestsFail
        expr: job:failed:total{job!=""} > ${threshold}
        for: ${wait}
        labels: { severity: page }
        annotations: { summary: '{{ $value }} requests of {{ $labels.job }} failed' }
`

t.test('the Lab evaluates rule files', async (t) => {
  const folder = t.testdir({ 'own.rules.yml': errors(0) })
  const file = join(folder, 'own.rules.yml')
  const app = await startApp(t, {
    env: { ...quickStart, PHASE: '3', LAB_RULES: `${folder}/*.rules.yml, ${join(root, RULES)}/*.rules.yml` },
  })
  const lab = new Prometheus(`${app.url}/lab/prometheus`)
  const get = async <T>(path: string) => (await (await fetch(`${app.url}/lab/prometheus/api/v1/${path}`)).json()) as T
  const alerts = async () => (await get<{ data: { alerts: Alert[] } }>('alerts')).data.alerts
  const ownAlert = async () => (await alerts()).find(({ labels }) => labels.alertname === 'RequestsFail')

  await t.test('those that ship too, each without an error', async (t) => {
    const { data, warnings } = await waitFor(
      'all groups to be evaluated',
      async () => {
        const found = await get<Rules>('rules')
        return (
          found.data.groups.length > 8 &&
          found.data.groups.every(({ rules }) => rules.every(({ health }) => health === 'ok')) &&
          found
        )
      },
      { timeout: 20_000 },
    )
    t.equal(warnings, undefined)
    t.ok(data.groups.some(({ name }) => name === 'errors'))
    t.match(await lab.query('job:failed:total'), [{ value: [Number, '0'] }])
  })

  await t.test('an alert is pending, then fires, and is a series', async (t) => {
    t.equal(await ownAlert(), undefined)
    await (await fetch(`${app.url}/error`)).text()
    const seen = new Set<string>()
    const fired = await waitFor('the alert to fire', async () => {
      const alert = await ownAlert()
      if (alert !== undefined) seen.add(alert.state)
      return alert?.state === 'firing' && alert
    })
    t.ok(seen.has('pending'))
    t.match(fired, {
      labels: { alertname: 'RequestsFail', job: 'course-app', severity: 'page' },
      annotations: { summary: '1 requests of course-app failed' },
    })
    const [series] = await waitFor('its series', () =>
      lab.query('ALERTS{alertname="RequestsFail"}').then((found) => found.length > 0 && found),
    )
    t.equal(series?.metric.alertname, 'RequestsFail')
  })

  await t.test('a file with an error is told of, and the last rules go on', async (t) => {
    writeFileSync(file, errors(0).replace('expr: job', 'expr: sum(job'))
    const told = await waitFor('the warning', async () => {
      const found = await get<Rules>('rules')
      return found.warnings !== undefined && found
    })
    t.match(told.warnings, [
      /own\.rules\.yml: 8:15: group "errors", rule 2, "RequestsFail": could not parse expression: 1:/,
    ])
    await app.waitForLogLine('the warning', ({ message }) => /^rules are not loaded: .*could not parse/.test(message))
    t.ok(told.data.groups.some(({ name }) => name === 'errors'))
    t.equal((await ownAlert())?.state, 'firing')
  })

  await t.test('a file that is saved is read again', async (t) => {
    writeFileSync(file, errors(5))
    await waitFor('the alert to end', async () => (await ownAlert()) === undefined)
    t.equal((await get<Rules>('rules')).warnings, undefined)
    await waitFor('its series to end', async () => (await lab.query('ALERTS{alertname="RequestsFail"}')).length === 0)
  })
})

t.test('without rule files there are no groups', async (t) => {
  const app = await startApp(t, { env: { ...quickStart, PHASE: '3', LAB_RULES: '' } })
  const answer = await fetch(`${app.url}/lab/prometheus/api/v1/rules`)
  t.strictSame(await answer.json(), { status: 'success', data: { groups: [] } })
})
