import { randomUUID } from 'node:crypto'
import type { Claim, RunningServer } from '../claim.ts'

const COUNT = 'http_server_request_count_total'
const BUCKETS = 'http_server_request_duration_seconds_bucket'

/** The claims of lesson 6, verified by `npm run check -- 6`. */
const claims: readonly Claim[] = [
  {
    title: 'The app can be asked in PromQL: it scrapes itself once a second',
    expected: 'up{job="course-app"} is 1',
    hint: 'The Lab answers at /lab/prometheus/api/v1. Is LAB=off set?',
    async check(server) {
      const isUp = async () => (await ask(server, 'up{job="course-app"}'))[0]?.value === 1
      return { ok: await server.eventually(isUp), seen: await ask(server, 'up') }
    },
  },
  {
    title: 'A rate needs two samples: over a range that holds only one there is no result',
    expected: `rate(${COUNT}[1s]) without a result, and rate(${COUNT}[10s]) with one, at one scrape a second`,
    hint: 'A range covers the samples later than its start. With one scrape a second, [1s] holds one of them.',
    async check(server) {
      await server.request('/hello')
      const hasRate = async () => (await ask(server, `rate(${COUNT}{route="/hello"}[10s])`)).length > 0
      const long = await server.eventually(hasRate)
      const short = await ask(server, `rate(${COUNT}{route="/hello"}[1s])`)
      return { ok: long && short.length === 0, seen: { long, short } }
    },
  },
  {
    title: 'An error ratio has no result before the first error, and 0 with a fallback',
    expected: 'nothing for the ratio of /hello, which never fails, and 0 with `or 0 *` all requests',
    hint: 'The sum of no series is no series, and dividing it gives none. `or` fills in what is missing.',
    async check(server) {
      const all = `sum by (route) (rate(${COUNT}{route="/hello"}[1m]))`
      const failed = `sum by (route) (rate(${COUNT}{route="/hello", status=~"5.."}[1m]))`
      const filled = `(${failed} or 0 * ${all}) / ${all}`
      const isZero = async () => {
        await server.request('/hello')
        return (await ask(server, filled))[0]?.value === 0
      }
      const zero = await server.eventually(isZero)
      const bare = await ask(server, `${failed} / ${all}`)
      return { ok: zero && bare.length === 0, seen: { bare, filled: await ask(server, filled) } }
    },
  },
  {
    title: 'A percentile from a histogram lies within a bucket, wherever in it the requests were',
    expected: 'a median between 0.25 and 0.5 seconds for requests to /slow that take 0.3 seconds',
    hint: 'histogram_quantile supposes that requests are spread evenly in their bucket.',
    async check(server) {
      const query = `histogram_quantile(0.5, sum by (le) (rate(${BUCKETS}{route="/slow", status="200"}[5s])))`
      const isWithin = async () => {
        await server.request('/slow?ms=300')
        const value = (await ask(server, query))[0]?.value ?? Number.NaN
        return value > 0.25 && value <= 0.5
      }
      return { ok: await server.eventually(isWithin), seen: await ask(server, query) }
    },
  },
  {
    title: 'A join with target_info says which release has answered',
    expected: 'the label service_version on the requests of this app',
    hint: 'on (job, instance) says which series belong together, group_left which labels to take along.',
    async check(server) {
      await server.request('/hello')
      const query = `sum by (service_version) (${COUNT} * on (job, instance) group_left (service_version) target_info)`
      const hasVersion = async () => (await ask(server, query)).some(({ labels }) => labels.service_version)
      return { ok: await server.eventually(hasVersion), seen: await ask(server, query) }
    },
  },
  {
    title: 'An exemplar leads from a histogram to a trace',
    expected: 'query_exemplars with a trace_id, and a trace with that id in the Lab',
    hint: 'The buckets of phase 5 have exemplars: phases/5-unified/exemplars.ts.',
    async check(server) {
      let seen: unknown
      const leads = async () => {
        await server.request('/slow?ms=20')
        const query = encodeURIComponent(`${BUCKETS}{route="/slow"}`)
        const { body } = await server.request(`/lab/prometheus/api/v1/query_exemplars?query=${query}`)
        const id = body?.data?.[0]?.exemplars?.at(-1)?.labels?.trace_id
        seen = { exemplars: body?.data, id }
        return id !== undefined && (await server.request(`/lab/api/traces/${id}`)).status === 200
      }
      return { ok: await server.eventually(leads), seen }
    },
  },
  {
    title: 'A request id finds the lines of its request, in LogQL',
    expected: 'the line "request completed" of that request, and no other',
    hint: 'request_id is structured metadata: | request_id="…" behind the selector.',
    async check(server) {
      const id = randomUUID()
      await server.request('/hello', { headers: { 'x-request-id': id } })
      let lines: string[] = []
      const isThere = async () => {
        lines = await askForLines(server, `{service="course-app"} | request_id="${id}" |= "request completed"`)
        return lines.length > 0
      }
      const found = await server.eventually(isThere)
      return { ok: found && lines.length === 1 && lines[0]?.includes(id) === true, seen: lines }
    },
  },
  {
    title: 'A rate of errors by route can be computed from the log',
    expected: 'at least one error on /error, counted from lines at level error',
    hint: '| json makes the members of a line labels, so that count_over_time can be summed by (route).',
    async check(server) {
      await server.request('/error?status=500')
      const lines = '{service="course-app", level="error"} |= "request completed" | json'
      const query = `sum by (route) (count_over_time(${lines} [1m]))`
      const isCounted = async () =>
        (await askLogs(server, query)).some(({ labels, value }) => labels.route === '/error' && value >= 1)
      return { ok: await server.eventually(isCounted), seen: await askLogs(server, query) }
    },
  },
  {
    title: 'A query that cannot be parsed is answered with the place',
    expected: 'status 400 and a parse error with line and column',
    hint: 'query/promql/parse.ts writes the messages that Prometheus writes.',
    async check(server) {
      const { status, body } = await server.request(
        `/lab/prometheus/api/v1/query?query=${encodeURIComponent('sum(up')}`,
      )
      return { ok: status === 400 && /1:\d+: parse error/.test(body?.error), seen: { status, body } }
    },
  },
]

export default claims

interface Found {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** The result of an instant query in PromQL. @throws with the server's message when the query fails. */
async function ask(server: RunningServer, query: string): Promise<Found[]> {
  return vectorOf(await server.request(`/lab/prometheus/api/v1/query?query=${encodeURIComponent(query)}`))
}

/** The same for a metric query in LogQL. */
async function askLogs(server: RunningServer, query: string): Promise<Found[]> {
  return vectorOf(await server.request(`/lab/loki/api/v1/query?query=${encodeURIComponent(query)}`))
}

function vectorOf({ status, text, body }: Awaited<ReturnType<RunningServer['request']>>): Found[] {
  if (status !== 200) throw new Error(`${status} ${text}`)
  const result = body.data.result as { metric: Record<string, string>; value: [number, string] }[]
  return result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }))
}

/** The lines that a log query selects from the last minutes. */
async function askForLines(server: RunningServer, query: string): Promise<string[]> {
  const { status, text, body } = await server.request(
    `/lab/loki/api/v1/query_range?since=5m&query=${encodeURIComponent(query)}`,
  )
  if (status !== 200) throw new Error(`${status} ${text}`)
  const streams = body.data.result as { values: [string, string][] }[]
  return streams.flatMap(({ values }) => values.map(([, line]) => line))
}
