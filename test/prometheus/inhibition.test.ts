import t, { type Test } from 'tap'
import { needs } from '../../testkit/installed.ts'
import { startAlertmanager } from '../../testkit/prometheus-server.ts'
import { read, rules } from './shipped.ts'

/** An alert in the API of Alertmanager, https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml */
interface Alert {
  readonly labels: Readonly<Record<string, string>>
  readonly status: { readonly inhibitedBy: readonly string[] }
}

/** The labels of every alert of Prometheus, as they are for one job. */
const ALL = rules
  .filter(({ alert }) => alert !== undefined && alert !== 'NoHealthyInstance')
  .map(({ alert, labels }): Alert['labels'] => ({ alertname: alert as string, job: 'course-app', ...labels }))

t.test('alerts that follow from others are held back', needs('prometheus-alertmanager'), async (t) => {
  await t.test('while no instance is up: those about its requests', async (t) => {
    const heldBack = await heldBackOf(t, [{ alertname: 'NoHealthyInstance', severity: 'page' }, ...ALL])
    t.same([...new Set(heldBack.map(({ alertname }) => alertname))].sort(), [
      'BookingsFailing',
      'ErrorBudgetBurn',
      'HighErrorRate',
      'HighGrpcErrorRate',
      'HighLatency',
    ])
    t.ok(heldBack.some(({ alertname, severity }) => alertname === 'ErrorBudgetBurn' && severity === 'page'))
  })

  await t.test('while an error budget pages: the tickets for the same job', async (t) => {
    const burn = { alertname: 'ErrorBudgetBurn', severity: 'ticket' }
    const heldBack = await heldBackOf(t, [...ALL, { ...burn, job: 'gateway' }])
    t.equal(
      heldBack.length,
      ALL.filter(({ alertname, severity }) => `${alertname} ${severity}` === 'ErrorBudgetBurn ticket').length,
    )
    for (const labels of heldBack) t.match(labels, { ...burn, job: 'course-app' })
  })
})

/** The labels of those among `alerts` that an Alertmanager with the shipped file holds back while all of them fire. */
async function heldBackOf(t: Test, alerts: readonly Alert['labels'][]): Promise<Alert['labels'][]> {
  const url = `http://${await startAlertmanager(t, read('docker/alertmanager.yml'))}/api/v2/alerts`
  const body = JSON.stringify(alerts.map((labels) => ({ labels })))
  const { status } = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  t.equal(status, 200)
  const firing = (await (await fetch(url)).json()) as Alert[]
  return firing.filter(({ status }) => status.inhibitedBy.length > 0).map(({ labels }) => labels)
}
