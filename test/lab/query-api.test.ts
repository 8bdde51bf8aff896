import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { type AppProcess, startApp } from '../../testkit/app-process.ts'
import { freePort } from '../../testkit/free-port.ts'
import { httpClient } from '../../testkit/http.ts'
import { findProgram, needs } from '../../testkit/installed.ts'
import { Prometheus, startPrometheus } from '../../testkit/prometheus-server.ts'
import { OPENMETRICS, scrape } from '../../testkit/scrape.ts'
import { waitFor } from '../../testkit/wait-for.ts'
import { prometheusQueries, read, rules, variableQueries } from '../prometheus/shipped.ts'
import { documentQueries, panelQueries, ruleQueries } from '../query/shipped-logql.ts'

type Labels = Readonly<Record<string, string>>

const COURSE = '01943ad7-aa80-7001-8000-000000000000'

/** Each kind of request once. */
async function browse({ url }: AppProcess): Promise<void> {
  const json = { 'content-type': 'application/json' }
  const body = JSON.stringify({ course_id: COURSE, user_id: 'u1' })
  const booked = await fetch(`${url}/v1/bookings`, { method: 'POST', headers: json, body })
  const { booking_id } = (await booked.json()) as { booking_id: string }
  await (await fetch(`${url}/v1/bookings/${booking_id}:reserve`, { method: 'POST' })).text()
  for (const path of ['/hello', '/slow?ms=20', '/error?status=503', '/propagation', '/v1/courses', '/nowhere'])
    await (await fetch(url + path)).text()
}

/** Prometheus 3 writes the bounds of buckets in one way, as the Lab does; older ones as they are scraped. */
function withBound(labels: Labels): Labels {
  return labels.le === undefined ? labels : { ...labels, le: String(Number(labels.le.replace('+Inf', 'Infinity'))) }
}

/** A label without a value is no label. */
const keyOf = (labels: Labels) =>
  JSON.stringify(
    Object.entries(withBound(labels))
      .filter(([, value]) => value !== '')
      .sort(),
  )

t.test('the APIs of Prometheus and Loki, served by the Lab', async (t) => {
  const app = await startApp(t, {
    env: { PHASE: '5', SWEEP_INTERVAL_MS: '0', MAX_EVENT_LOOP_DELAY_MS: '0', LOG_LEVEL: 'debug' },
  })
  const { send, sendJson, getJson } = httpClient(t)
  const lab = new Prometheus(`${app.url}/lab/prometheus`)
  const loki = `${app.url}/lab/loki/api/v1`
  await browse(app)
  await waitFor('the last request', async () => (await lab.query('http_server_request_count_total{status="404"}'))[0])

  await t.test('has all series of /metrics, with the labels of a scrape', async (t) => {
    let different: string[] = []
    const shown = await waitFor(
      'the same series in both',
      async () => {
        const { families } = await scrape(`${app.url}/metrics`, OPENMETRICS)
        const names = [...families.values()].flatMap(({ samples }) =>
          samples.map(({ name, labels }) => keyOf({ __name__: name, ...labels })),
        )
        const found = await lab.query('{job="course-app", __name__!~"up|scrape_.*|.*:.*|ALERTS.*"}')
        const kept = found.map(({ metric: { instance: _, job: __, ...own } }) => keyOf(own))
        different = [...names.filter((name) => !kept.includes(name)), ...kept.filter((name) => !names.includes(name))]
        return different.length === 0 && { families, found, kept }
      },
      { seen: () => different },
    )
    const added = { instance: new URL(app.url).host, job: 'course-app' }
    t.ok(shown.found.every(({ metric }) => metric.instance === added.instance && metric.job === added.job))
    t.ok(shown.kept.length > 300)
    t.equal(new Set(shown.kept).size, shown.kept.length)
    const metadata = await lab.get<Record<string, { type: string; help: string }[]>>('metadata')
    t.strictSame(
      Object.entries(metadata)
        .map(([name, [one]]) => [name, one?.type, one?.help])
        .sort(),
      [...shown.families.values()].map(({ name, type, help }) => [name, type, help]).sort(),
    )
    t.match(await lab.query('up'), [{ value: [Number, '1'] }])
    await waitFor('the gauge from the database', async () => {
      const [found] = await lab.query('booking_reserved_current')
      return found?.value[1] === '2'
    })
    t.match(await lab.query('target_info'), [{ metric: { service_name: 'course-app', job: 'course-app' } }])
  })

  await t.test('does not change what /metrics shows', async (t) => {
    const statements = (table: string) => ({ operation: 'SELECT', table, outcome: 'ok' })
    const read = async () => {
      const metrics = await scrape(`${app.url}/metrics`)
      return metrics.value('db_client_operation_duration_seconds_count', statements('bookings')) ?? 0
    }
    const readings = async () => Number((await lab.query('count_over_time(up[1h])'))[0]?.value[1])
    const lines = async () => (await app.logLines()).filter(({ query }) => /from "bookings"/.test(String(query))).length
    const before = { statements: await read(), readings: await readings() }
    const linesBefore = await lines()
    await waitFor('some readings', async () => (await readings()) >= before.readings + 6)
    t.equal(await lines(), linesBefore, 'the SQL of its readings is not logged')
    t.equal(await read(), before.statements + 1, 'that of the first scrape is counted, and no other')
  })

  await t.test('promtool', needs('promtool'), async (t) => {
    const run = promisify(execFile)
    const promtool = async (...args: string[]) =>
      (await run(findProgram('promtool') as string, ['query', ...args])).stdout
    const requests = 'sum by (route) (http_server_request_count_total{route=~"/hello|/slow"})'
    t.match(await promtool('instant', lab.url, requests), /^\{route="\/hello"\} => 1 @.*\n\{route="\/slow"\} => 1 @/)
    t.match(
      await promtool('range', '--step=1s', lab.url, 'max(http_server_request_count_total{route="/hello"})'),
      /^\{\} =>\n(1 @\[.*\]\n)+/,
    )
    t.match(
      await promtool('series', '--match=http_server_request_count_total{route="/hello"}', lab.url),
      /^\{__name__="http_server_request_count_total", instance=".*", job="course-app", method="GET", route="\/hello", status="200"\}\n$/,
    )
    t.match(await promtool('labels', lab.url, 'job'), /^course-app\n$/)
    const failed = await promtool('instant', lab.url, 'sum(up').catch((error: { stderr: string }) => error.stderr)
    t.match(failed, /bad_data.*1:7: parse error: unclosed left parenthesis/)
  })

  await t.test('takes forms', async (t) => {
    const form = (path: string, body: string, type = 'application/x-www-form-urlencoded') =>
      send(`${lab.url}/api/v1/${path}`, { method: 'POST', headers: { 'content-type': type }, body })
    const answer = await form('query', 'query=1%2B1&time=1000')
    t.strictSame(JSON.parse(answer.text), { status: 'success', data: { resultType: 'scalar', result: [1000, '2'] } })
    const series = await form('series?match[]=up', 'match[]=scrape_samples_scraped')
    t.equal(JSON.parse(series.text).data.length, 2, 'parameters of both')
    const errors: [Awaited<ReturnType<typeof form>>, number, RegExp][] = [
      [await form('query', `query=${'x'.repeat(1_000_001)}`), 413, /too large/],
      [await form('query', '{}', 'text/xml'), 415, /Unsupported Media Type/],
      [await form('query', 'query=sum('), 400, /parse error/],
      [await send(`${lab.url}/api/v1/nope`), 404, /nothing at \/lab\/prometheus\/api\/v1\/nope/],
      [await send(`${lab.url}/api/v1/query?query=up`, { method: 'PUT' }), 404, /nothing/],
    ]
    for (const [{ status, text }, expected, error] of errors) {
      t.equal(status, expected, text)
      t.match(JSON.parse(text), { status: 'error', errorType: /^(bad_data|not_found)$/, error })
    }
  })

  await t.test('answers what Grafana asks beside queries', async (t) => {
    t.match(await lab.get('status/buildinfo'), { version: /^3\./ })
    t.match(await lab.get('query', { query: '1+1' }), { result: [Number, '2'] })
    t.equal((await send(`${lab.url}/-/ready`)).status, 200)
    t.equal((await send(`${lab.url}/-/healthy`)).status, 200)
    const health = await getJson(`${loki}/query?query=${encodeURIComponent('vector(1)+vector(1)')}&time=4000000000`)
    t.match(health, {
      status: 200,
      body: { data: { resultType: 'vector', result: [{ metric: {}, value: [Number, '2'] }] } },
    })
    t.match((await getJson(`${loki}/status/buildinfo`)).body, { version: /^3\./ })
    const stats = await getJson<Record<string, number>>(`${loki}/index/stats?query={service="course-app"}`)
    t.ok((stats.body.entries ?? 0) > 10 && (stats.body.bytes ?? 0) > 1000 && (stats.body.streams ?? 0) >= 2)
  })

  await t.test('every PromQL expression that is shipped gets an answer', async (t) => {
    const expressions = [
      ...prometheusQueries('30s').map(({ expr }) => expr),
      ...rules.map(({ expr }) => expr),
      ...[...read('docs/alerts.md').matchAll(/```promql\n([\s\S]*?)```/g)].map(([, query = '']) => query),
    ]
    t.ok(expressions.length > 100)
    let answered = 0
    for (const query of expressions) if ((await lab.query(query)).length > 0) answered++
    t.ok(answered > 50, `${answered} of ${expressions.length} have a value`)
    for (const { series, label } of variableQueries('30s'))
      await lab.get(`label/${label}/values`, { 'match[]': series })
  })

  await t.test('exemplars lead to traces', async (t) => {
    const found = await lab.get<{ seriesLabels: Labels; exemplars: { labels: Labels; timestamp: number }[] }[]>(
      'query_exemplars',
      { query: 'rate(http_server_request_duration_seconds_bucket{route="/slow"}[1m])', start: '0', end: '4000000000' },
    )
    t.match(found, [
      { seriesLabels: { route: '/slow', job: 'course-app' }, exemplars: [{ labels: { span_id: /^\w{16}$/ } }] },
    ])
    const trace = found[0]?.exemplars[0]?.labels.trace_id
    t.match((await getJson(`${app.url}/lab/api/traces/${trace}`)).body, { name: 'GET /slow' })
  })

  await t.test('LogQL over the lines of all processes', async (t) => {
    const ask = async (query: string, path = 'query_range') =>
      (
        await getJson<{
          data: { result: { stream: Labels; metric: Labels; values: [string, string][]; value: [number, string] }[] }
        }>(`${loki}/${path}?${new URLSearchParams({ query })}`)
      ).body.data.result
    const [line] = await ask('{service="course-app", level="info"} | json | route="/slow"')
    t.match(line?.stream, {
      service: 'course-app',
      level: 'info',
      status: '200',
      trace_id: /^\w{32}$/,
      request_id: /./,
    })
    const [time, text] = line?.values[0] ?? []
    t.equal(Date.parse(JSON.parse(text as string).time), Number(BigInt(time as string) / 1_000_000n))
    const processes = await ask(
      `{service=~".+"} | trace_id=\`${(await ask('{service="partner"}'))[0]?.stream.trace_id}\``,
    )
    t.strictSame(new Set(processes.map(({ stream }) => stream.service)), new Set(['course-app', 'partner']))
    const rate = await ask('sum by (level) (count_over_time({service="course-app"} |= `"status":503` [5m]))', 'query')
    t.match(rate, [{ metric: { level: 'error' }, value: [Number, '1'] }])
    t.match((await getJson(`${loki}/labels`)).body, { data: ['level', 'service'] })
    t.match((await getJson(`${loki}/label/service/values`)).body, { data: ['course-app', 'partner'] })
    t.match(
      (
        await sendJson(`${loki}/query`, {
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: 'query=vector(7)',
        })
      ).body,
      {
        data: { result: [{ value: [Number, '7'] }] },
      },
    )
    for (const query of [...ruleQueries, ...panelQueries, ...documentQueries])
      t.ok(Array.isArray(await ask(query)), query)
    t.match(await send(`${loki}/query?query={`), { status: 400, text: /parse error/ })
    t.match(await send(`${loki}/nope`), { status: 404, text: /nothing/ })
  })

  await t.test('lets tools on this machine in, and no site', async (t) => {
    const { port } = new URL(app.url)
    const call = (headers: Labels, url = `${lab.url}/api/v1/query?query=up`) => send(url, { headers })
    for (const host of ['localhost', '127.0.0.1', '[::1]', 'host.docker.internal'])
      t.equal((await call({ host: `${host}:${port}` })).status, 200, host)
    t.equal((await call({ host: `host.docker.internal.example:${port}` })).status, 403)
    const strange = await call({ host: 'rebound.example' })
    t.equal(strange.status, 403)
    t.match(JSON.parse(strange.text), { status: 'error', error: /does not answer to the name rebound\.example/ })
    t.equal((await call({ origin: 'http://evil.example' })).status, 403)
    t.match(await call({ 'sec-fetch-site': 'cross-site' }, `${loki}/labels`), { status: 403, text: /its own page/ })
  })

  await t.test('a query that costs too much is given up', async (t) => {
    const range = { start: '1000', end: '12000', step: '1' }
    const query = `${'{__name__=~".+"} or '.repeat(10)}up`
    const costly = await getJson(`${lab.url}/api/v1/query_range?${new URLSearchParams({ ...range, query })}`)
    t.match(costly, { status: 422, body: { errorType: 'execution', error: /too many samples/ } })
  })

  await t.test('agrees with a real Prometheus', needs('prometheus'), (t) => compare(t, app, lab))
})

/** A Prometheus that scrapes the app each second has the same counters. */
async function compare(t: Test, app: AppProcess, lab: Prometheus): Promise<void> {
  const configuration = {
    global: { scrape_interval: '1s' },
    scrape_configs: [{ job_name: 'course-app', static_configs: [{ targets: [new URL(app.url).host] }] }],
  }
  const real = await startPrometheus(t, await freePort(), { 'prometheus.yml': JSON.stringify(configuration) })
  const total = async (server: Prometheus) =>
    Number((await server.query('sum(http_server_request_count_total{route="/hello"})'))[0]?.value[1])
  const both = async (count: number) => (await total(real)) === count && (await total(lab)) === count
  await waitFor('the first scrape', async () => (await total(real)) === (await total(lab)))
  const before = await total(lab)
  for (let i = 0; i < 20; i++) await browse(app)
  await waitFor('both to have all', () => both(before + 20))

  // A scrape itself is a request, with a statement for the gauges.
  const counters =
    '{__name__=~".+_(total|count|bucket)", __name__!~"(process|nodejs|scrape)_.*", route!="/metrics", table!="bookings"}'
  const valuesOf = async (server: Prometheus, query: string) =>
    new Map((await server.query(query)).map(({ metric, value }) => [keyOf(metric), value[1]]))
  await waitFor('all counters to be the same', async () => {
    const [here, there] = [await valuesOf(lab, counters), await valuesOf(real, counters)]
    return here.size > 200 && [...here].sort().join() === [...there].sort().join()
  })
  const metric = 'http_server_request_count_total{route!="/metrics"}'
  const risen = `max_over_time(${metric}[30s]) - min_over_time(${metric}[30s])`
  t.strictSame(await valuesOf(lab, risen), await valuesOf(real, risen))
  const increase = `sum(increase(${metric}[30s]))`
  const [here, there] = await Promise.all(
    [lab, real].map(async (one) => Number((await one.query(increase))[0]?.value[1])),
  )
  t.ok(Math.abs(Number(here) / Number(there) - 1) < 0.1, `${here} and ${there} requests in 30 s`)

  const families = async (server: Prometheus) =>
    Object.entries(await server.get<Record<string, unknown[]>>('metadata')).sort()
  t.strictSame(await families(lab), await families(real))
  const info = { query: 'target_info' }
  const labelsOf = async (server: Prometheus) => (await server.query(info.query)).map(({ metric }) => metric)
  t.strictSame(await labelsOf(lab), await labelsOf(real))
}
