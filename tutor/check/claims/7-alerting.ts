import type { Claim, RunningServer } from '../claim.ts'

const MINUTE = 'job:slo_errors:ratio_rate1m'
const TEN_SECONDS = 'job:slo_errors:ratio_rate10s'

const WRITE_IT = 'Add the alert of the lesson to lessons/7-alerting/my.rules.yml, and save the file.'

/** The claims of lesson 7, verified by `npm run check -- 7`. */
const claims: readonly Claim[] = [
  {
    title: 'The app evaluates the rules of a file, and each of them works',
    expected: 'a group of rules, all with health "ok"',
    hint: 'An error in the file is in the log of the app, as a warning. LAB_RULES names the file.',
    async check(server) {
      const areFine = async () => {
        const rules = await rulesOf(server)
        return rules.length > 0 && rules.every(({ health }) => health === 'ok')
      }
      return { ok: await server.eventually(areFine), seen: await rulesOf(server) }
    },
  },
  {
    title: 'The share of failures is recorded as a series, over a long and a short window',
    expected: `${MINUTE} and ${TEN_SECONDS} between 0 and 1 once there are requests`,
    hint: 'Both are recording rules in lessons/7-alerting/my.rules.yml.',
    async check(server) {
      const areRecorded = async () => {
        await server.request('/hello')
        const shares = [...(await ask(server, MINUTE)), ...(await ask(server, TEN_SECONDS))]
        return shares.length === 2 && shares.every(({ value }) => value >= 0 && value <= 1)
      }
      const ok = await server.eventually(areRecorded)
      return { ok, seen: [await ask(server, MINUTE), await ask(server, TEN_SECONDS)] }
    },
  },
  {
    title: 'An alert compares both windows, and waits before it fires',
    expected: `an alerting rule over ${MINUTE} and ${TEN_SECONDS}, with \`for\` of at least ten seconds`,
    hint: WRITE_IT,
    async check(server) {
      const alert = await budgetAlert(server)
      return { ok: alert !== undefined && (alert.duration ?? 0) >= 10, seen: await rulesOf(server) }
    },
  },
  {
    title: 'It says how urgent it is, what happened and what to do',
    expected: 'a label severity, and the annotations summary and runbook_url',
    hint: WRITE_IT,
    async check(server) {
      const { labels = {}, annotations = {} } = (await budgetAlert(server)) ?? {}
      const ok = 'severity' in labels && 'summary' in annotations && 'runbook_url' in annotations
      return { ok, seen: { labels, annotations } }
    },
  },
  {
    title: 'While requests fail it is pending or firing',
    expected: 'the alert among /lab/prometheus/api/v1/alerts soon after failures have begun',
    hint: 'The share has to pass 14.4 * 0.005 over both windows. Much other traffic delays that.',
    async check(server) {
      const name = (await budgetAlert(server))?.name
      const isActive = async () => {
        await fail(server)
        return (await alertsOf(server)).some(({ labels }) => labels.alertname === name)
      }
      return { ok: name !== undefined && (await server.eventually(isActive)), seen: await alertsOf(server) }
    },
  },
  {
    title: 'Its state is a series too, so it can be asked for',
    expected: 'ALERTS with the labels alertname and alertstate',
    hint: 'Rules write ALERTS themselves, once an alert is active.',
    async check(server) {
      const name = (await budgetAlert(server))?.name
      const isThere = async () => {
        await fail(server)
        return (await ask(server, 'ALERTS')).some(({ labels }) => labels.alertname === name && labels.alertstate)
      }
      return { ok: name !== undefined && (await server.eventually(isThere)), seen: await ask(server, 'ALERTS') }
    },
  },
]

export default claims

interface Rule {
  readonly name: string
  readonly type: 'alerting' | 'recording'
  readonly query: string
  readonly health: string
  /** `for`, in seconds. */
  readonly duration?: number
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

interface Alert {
  readonly labels: Readonly<Record<string, string>>
  readonly state: string
}

interface Found {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

async function rulesOf(server: RunningServer): Promise<Rule[]> {
  const { groups } = (await get(server, 'rules')) as { groups: { rules: Rule[] }[] }
  return groups.flatMap(({ rules }) => rules)
}

async function budgetAlert(server: RunningServer): Promise<Rule | undefined> {
  const rules = await rulesOf(server)
  return rules.find(({ type, query }) => type === 'alerting' && query.includes(MINUTE) && query.includes(TEN_SECONDS))
}

async function alertsOf(server: RunningServer): Promise<Alert[]> {
  return ((await get(server, 'alerts')) as { alerts: Alert[] }).alerts
}

async function ask(server: RunningServer, query: string): Promise<Found[]> {
  const { result } = (await get(server, `query?query=${encodeURIComponent(query)}`)) as {
    result: { metric: Record<string, string>; value: [number, string] }[]
  }
  return result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }))
}

/** @throws with the server's answer when it is not a success. */
async function get(server: RunningServer, path: string): Promise<unknown> {
  const { status, body, text } = await server.request(`/lab/prometheus/api/v1/${path}`)
  if (status !== 200) throw new Error(`${status} ${text}`)
  return body.data
}

/** Five failures, in a service that gets a request or two meanwhile. */
async function fail(server: RunningServer): Promise<void> {
  await Promise.all(Array.from({ length: 5 }, () => server.request('/error?status=500')))
}
