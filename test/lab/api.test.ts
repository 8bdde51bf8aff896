import t from 'tap'
import type { Exemplar, Logs, Mark, Metrics, ServiceMap, State, Story, Trace, Traces } from '../../lab/wire.ts'
import { startApp } from '../../testkit/app-process.ts'
import { httpClient } from '../../testkit/http.ts'
import { startOtlpReceiver } from '../../testkit/otlp-receiver.ts'
import { OPENMETRICS, scrape } from '../../testkit/scrape.ts'
import { waitFor } from '../../testkit/wait-for.ts'

t.test('the Lab in phase 5', async (t) => {
  const collector = await startOtlpReceiver(t)
  const app = await startApp(t, {
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
      LOG_LEVEL: 'debug',
      TRUST_PROXY: 'loopback',
      EXTERNAL_TIMEOUT_MS: '10000',
    },
  })
  const { send, sendJson, getJson, postJson } = httpClient(t)
  const lab = async <T>(path: string) => (await getJson<T>(`${app.url}/lab/api/${path}`)).body
  const mark = async () => (await sendJson<Mark>(`${app.url}/lab/api/marks`, { method: 'POST' })).body.mark_id

  /** Sends a request as the page does, and fetches its story. */
  async function storyOf(path: string, options: { method?: string; json?: unknown } = {}) {
    const id = `lab-${crypto.randomUUID()}`
    const before = await mark()
    const answer = await sendJson(`${app.url}${path}`, { ...options, headers: { 'x-request-id': id } })
    const after = await mark()
    return { id, answer, story: await lab<Story>(`story?request_id=${id}&before=${before}&after=${after}`) }
  }
  const moved = ({ metrics }: Story, name: string, labels: Record<string, string> = {}) => {
    const found = metrics?.series.filter(
      (series) =>
        series.name === name && Object.entries(labels).every(([label, value]) => series.labels[label] === value),
    )
    return found?.map(({ before, after, own }) => ({ by: (after ?? 0) - (before ?? 0), own }))
  }

  await t.test('returns phase and service', async (t) => {
    const state = await lab<State>('state')
    t.match(state, {
      phase: { number: 5 },
      panels: ['logs', 'request_ids', 'metrics', 'traces', 'exemplars'],
      service: 'course-app',
      log_level: 'debug',
      role: 'all',
      unseen: [],
      links: { prometheus: { url: null, reachable: null } },
      limits: { lines: 2000, traces: 300, samples: 900 },
    })
    t.equal(state.phases.length, 5)
    await waitFor('the partner', async () => (await lab<State>('state')).sources.every(({ connected }) => connected))
  })

  await t.test('a slow request: its lines, its trace and the metrics it changed', async (t) => {
    const { id, story } = await storyOf('/slow?ms=60')
    t.match(story, { found_by: 'request_id', request_id: id, complete: true })
    const { trace } = story
    t.match(trace, { name: 'GET /slow', route: '/slow', method: 'GET', http_status: 200, status: 'ok', finished: true })
    t.equal(trace?.incomplete, false)
    const [server, ...steps] = trace?.all_spans ?? []
    t.match(server, {
      name: 'GET /slow',
      kind: 'server',
      parent_span_id: null,
      attributes: { 'course_app.request_id': id },
    })
    t.strictSame(
      steps.map(({ name }) => name),
      ['database_query', 'external_api_call'],
    )
    for (const step of steps) t.equal(step.parent_span_id, server?.span_id)
    t.ok((server?.duration ?? 0) >= 60)
    t.ok(Math.abs((server?.start ?? 0) - Date.now()) < 60_000, 'in milliseconds since 1970')

    t.equal(story.lines.at(-1)?.fields.message, 'request completed')
    for (const { fields, raw } of story.lines) {
      t.equal(fields.request_id, id)
      t.equal(fields.trace_id, story.trace_id)
      t.strictSame(JSON.parse(raw), fields)
    }
    const spans = new Set(trace?.all_spans.map(({ span_id }) => span_id))
    for (const { fields } of story.lines) t.ok(spans.has(fields.span_id as string), 'each line belongs to a span')

    const labels = { route: '/slow', status: '200', method: 'GET' }
    t.strictSame(moved(story, 'http_server_request_count_total', labels), [{ by: 1, own: true }])
    t.strictSame(moved(story, 'http_server_request_duration_seconds_count', labels), [{ by: 1, own: true }])
    const [bucket, ...more] = story.metrics?.series.filter(({ name }) => name.endsWith('_bucket')) ?? []
    t.equal(more.length, 0, 'one bucket of one histogram')
    t.ok(Number(bucket?.labels.le) >= 0.06, 'the smallest that fits')
    t.equal(story.metrics?.others, 0)
  })

  await t.test('an error: the exception and a separate series', async (t) => {
    const { story } = await storyOf('/error?status=500')
    t.match(story.trace, { status: 'error', http_status: 500 })
    t.match(story.trace?.all_spans[0], {
      status: 'error',
      events: [{ name: 'exception', attributes: { 'exception.stacktrace': /Error/ } }],
    })
    const failed = story.lines.find(({ fields }) => fields.message === 'request failed')
    t.match(failed?.fields.err, { stack: /at / })
    t.strictSame(moved(story, 'http_server_request_count_total', { route: '/error', status: '500' }), [
      { by: 1, own: true },
    ])
  })

  await t.test('a request through two services: one trace, and the lines of both', async (t) => {
    const { story } = await storyOf('/propagation')
    t.strictSame(story.trace?.services.toSorted(), ['course-app', 'partner'])
    t.strictSame(new Set(story.lines.map(({ fields }) => fields.service)), new Set(['course-app', 'partner']))
    const partner = story.trace?.all_spans.find(({ service }) => service === 'partner')
    t.equal(partner?.parent_is_remote, true)
    const caller = story.trace?.all_spans.find(({ span_id }) => span_id === partner?.parent_span_id)
    t.match(caller, { service: 'course-app', kind: 'client' })
    t.strictSame(moved(story, 'grpc_server_request_total', { method: 'GetHop' }), [{ by: 1, own: true }])
    t.equal(story.metrics?.others, 0, 'the call that the app makes to itself is part of it')

    const map = await lab<ServiceMap>('service-map')
    t.match(
      map.edges.find(({ to }) => to === 'partner'),
      { from: 'course-app', protocol: 'http', calls: Number, errors: 0 },
    )
    t.ok(map.nodes.some(({ name, type }) => name === 'partner' && type === 'service'))
  })

  await t.test('a booking: statements, cache, business metrics', async (t) => {
    const { body } = await getJson<{ courses: { course_id: string }[] }>(`${app.url}/v1/courses`)
    const course_id = body.courses[0]?.course_id
    const read = await storyOf(`/v1/courses/${course_id}`)
    t.match(moved(read.story, 'cache_requests_total', { operation: 'GET' }), [{ by: 1, own: true }])
    const created = await storyOf('/v1/bookings', { method: 'POST', json: { course_id, user_id: 'ada' } })
    t.equal(created.answer.status, 201)
    t.strictSame(moved(created.story, 'booking_status_total', { status: 'created' }), [{ by: 1, own: true }])
    const labels = { operation: 'INSERT', table: 'bookings', outcome: 'ok' }
    t.strictSame(moved(created.story, 'db_client_operation_duration_seconds_count', labels), [{ by: 1, own: true }])
    t.ok(created.story.lines.some(({ fields }) => fields.message === 'booking created'))
    const map = await lab<ServiceMap>('service-map')
    t.ok(map.edges.some(({ protocol, to }) => protocol === 'sql' && to === 'postgresql'))
    t.ok(map.edges.some(({ protocol, to }) => protocol === 'cache' && to === 'memory'))
  })

  await t.test('concurrent requests are kept apart', async (t) => {
    const before = await mark()
    const id = `lab-${crypto.randomUUID()}`
    await getJson(`${app.url}/hello`, { 'x-request-id': id })
    await send(`${app.url}/error?status=418`)
    await send(`${app.url}/slow?ms=0`)
    const story = await lab<Story>(`story?request_id=${id}&before=${before}&after=${await mark()}`)
    t.equal(story.metrics?.others, 2)
    t.strictSame(moved(story, 'http_server_request_count_total', { route: '/hello' }), [{ by: 1, own: true }])
    t.strictSame(moved(story, 'http_server_request_count_total', { status: '418' }), [{ by: 1, own: false }])
  })

  await t.test('a request of another client, by trace id', async (t) => {
    const { body } = await getJson<{ trace_id: string }>(`${app.url}/propagation`)
    const story = await lab<Story>(`story?trace_id=${body.trace_id}`)
    t.match(story, { found_by: 'trace_id', trace_id: body.trace_id, complete: true, metrics: { readings: null } })
    t.ok(story.lines.length >= 2)
    t.match(
      story.metrics?.series.find(({ name }) => name === 'http_server_request_count_total'),
      { labels: { route: '/propagation' }, before: null, after: null, own: true },
    )
    t.same((await lab<Trace>(`traces/${body.trace_id}`)).all_spans, story.trace?.all_spans)
  })

  await t.test('traces can be searched', async (t) => {
    const search = async (query: string) => (await lab<Traces>(`traces?${query}`)).traces
    t.ok((await search('')).length > 5)
    for (const trace of await search('route=/SLOW')) t.equal(trace.name, 'GET /slow')
    t.ok((await search('route=/slow')).length > 0)
    const failed = await search('status=error')
    t.ok(failed.length > 0)
    for (const { status, errors } of failed) t.ok(status === 'error' && errors > 0)
    for (const { duration } of await search('min_duration_ms=50')) t.ok(duration >= 50)
    for (const { services } of await search('service=partner')) t.ok(services.includes('partner'))
    t.strictSame(await search('route=nowhere'), [])
    const starts = (await search('')).map(({ start }) => start)
    t.strictSame(
      starts,
      starts.toSorted((a, b) => b - a),
      'newest first',
    )
    t.equal((await search('limit=2')).length, 2)
  })

  await t.test('lines are in order, and start after the given one', async (t) => {
    const all = await lab<Logs>('logs')
    t.ok(all.lines.length > 10)
    const seqs = all.lines.map(({ seq }) => seq)
    t.strictSame(
      seqs,
      seqs.toSorted((a, b) => a - b),
    )
    t.equal(all.next, seqs.at(-1))
    t.equal((await lab<Logs>('logs?limit=3')).lines.length, 3)
    const { body } = await getJson<{ request_id: string }>(`${app.url}/hello`)
    const later = await waitFor('the line', async () => {
      const found = await lab<Logs>(`logs?after=${all.next}`)
      return found.lines.some(({ fields }) => fields.request_id === body.request_id) && found
    })
    t.ok(later.lines.every(({ seq }) => seq > all.next))
    t.equal(later.gap, false)
    const own = await lab<Logs>(`logs?request_id=${body.request_id}`)
    t.ok(own.lines.length > 0 && own.lines.every(({ fields }) => fields.request_id === body.request_id))
  })

  await t.test('samples and exemplars equal those of /metrics', async (t) => {
    const { body } = await getJson<{ trace_id: string }>(`${app.url}/propagation`)
    const seen = await waitFor('the exemplar', async () => {
      const metrics = await lab<Metrics>('metrics')
      return metrics.exemplars.some(({ trace_id }) => trace_id === body.trace_id) && metrics
    })
    const scraped = await scrape(`${app.url}/metrics`, OPENMETRICS)
    const last = seen.samples.at(-1)
    for (const route of ['/hello', '/slow', '/error', '/propagation']) {
      const totals = last?.routes[route]
      t.equal(totals?.requests, scraped.total('http_server_request_count_total', { route }), route)
      seen.bounds.forEach((bound, index) => {
        const le = bound === null ? '+Inf' : String(bound)
        const upTo = scraped
          .samples('http_server_request_duration_seconds_bucket', { route })
          .filter(({ labels }) => Number(labels.le) === Number(le) || labels.le === le)
        t.equal(
          totals?.buckets[index],
          upTo.reduce((sum, { value }) => sum + value, 0),
          `${route} le=${le}`,
        )
      })
    }
    t.equal(last?.routes['/error']?.server_errors, scraped.total('http_server_request_count_total', { status: '500' }))
    t.equal(last?.bookings.created, scraped.value('booking_status_total', { status: 'created' }))
    t.equal(last?.cache.miss, scraped.total('cache_requests_total', { operation: 'GET', result: 'miss' }))
    t.equal(last?.active, 0)
    t.ok((last?.event_loop_lag.p99 ?? 0) > 0)
    const exemplar = seen.exemplars.find(({ trace_id }) => trace_id === body.trace_id) as Exemplar
    t.match(exemplar, { route: '/propagation', method: 'GET', status: '200' })
    t.ok(exemplar.value > 0 && Math.abs(exemplar.time - Date.now()) < 60_000)
    t.equal((await lab<Trace>(`traces/${exemplar.trace_id}`)).trace_id, exemplar.trace_id)
    t.strictSame((await lab<Metrics>(`metrics?since=${Date.now() + 10_000}`)).samples, [])
  })

  await t.test('caller input stays text', async (t) => {
    const evil = '<script>alert(1)</script>'
    const id = `lab-${crypto.randomUUID()}`
    const slug = `slug-${id}`
    await postJson(`${app.url}/v1/courses`, { slug, name: evil })
    await send(`${app.url}/${encodeURIComponent(evil)}`, { headers: { 'x-request-id': id, 'user-agent': evil } })
    const { headers, text } = await send(`${app.url}/lab/api/story?request_id=${id}`)
    t.match(headers, {
      'content-type': 'application/json; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'cache-control': 'no-store',
      'cross-origin-resource-policy': 'same-origin',
    })
    const story = JSON.parse(text) as Story
    t.ok(JSON.stringify(story.lines).includes(evil), 'it is there, as it was')
  })

  await t.test('invalid requests get an explanation', async (t) => {
    for (const [path, status] of [
      ['logs?after=x', 400],
      ['logs?limit=0', 400],
      ['logs?limit=2001', 400],
      ['logs?request_id=%0A', 400],
      ['traces?status=maybe', 400],
      ['traces?min_duration_ms=-1', 400],
      ['traces/nonsense', 400],
      [`traces/${'0'.repeat(32)}`, 404],
      ['metrics?since=yesterday', 400],
      ['story', 400],
      ['story?request_id=a%20b', 400],
      ['story?trace_id=xyz', 400],
      ['story?request_id=a&before=none', 404],
      ['nothing', 404],
    ] as const) {
      const { body } = await getJson(`${app.url}/lab/api/${path}`)
      t.match(body, { status, title: String, detail: String }, path)
    }
    t.equal((await send(`${app.url}/lab/api/state`, { method: 'DELETE' })).status, 404)
    t.match((await getJson(`${app.url}/lab/assets/nothing.js`)).body, { status: 404 })
  })

  await t.test('its own requests are not recorded', async (t) => {
    const before = await scrape(`${app.url}/metrics`)
    for (const path of [
      '',
      'lab/assets/none',
      'lab/api/none',
      'lab/none',
      'lab/api/state',
      'lab/api/logs',
      'lab/api/traces',
    ])
      await send(`${app.url}/${path}`)
    await mark()
    const { body } = await getJson<{ trace_id: string }>(`${app.url}/propagation`)
    await waitFor('the last span', () => collector.received.all.some(({ traceId }) => traceId === body.trace_id))

    const lines = await app.logLines()
    for (const { path } of lines) t.notMatch(path, /^\/(lab.*)?$/)
    const seen = await scrape(`${app.url}/metrics`)
    for (const { labels } of seen.samples('http_server_request_count_total')) t.notMatch(labels.route, /^\/(lab.*)?$/)
    const unmatched = { route: 'unmatched' }
    t.equal(
      seen.total('http_server_request_count_total', unmatched),
      before.total('http_server_request_count_total', unmatched),
    )
    t.equal(seen.value('http_server_requests_active'), 1, 'the scrape that asks')
    for (const { attributes } of collector.received.all) t.notMatch(attributes['url.path'] ?? '', /^\/(lab.*)?$/)
    const otel = await scrape(`${app.url}/metrics/otel`)
    const calls = otel.samples('http_client_request_duration_count')
    for (const { labels } of calls) t.notMatch(JSON.stringify(labels), /handover/)
  })

  await t.test('rejects other origins', async (t) => {
    const { host } = new URL(app.url)
    const [, port] = host.split(':')
    const forbidden: Record<string, string>[] = [
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { origin: `http://localhost:${Number(port) + 1}` },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { host: 'evil.example' },
      { host: 'evil.example', 'x-forwarded-host': 'localhost' }, // a page can send the second one
      { host: `evil.example:${port}` },
      { host: `localhost.evil.example:${port}` },
    ]
    for (const headers of forbidden) {
      for (const path of ['/', '/lab/api/state', '/lab/api/events', '/lab/assets/none']) {
        const { status, headers: answered } = await send(app.url + path, { headers })
        t.equal(status, 403, `${path} ${JSON.stringify(headers)}`)
        t.equal(answered['content-type'], 'application/problem+json')
      }
      t.equal((await send(`${app.url}/lab/api/marks`, { method: 'POST', headers })).status, 403)
    }
    for (const headers of [
      { host: `localhost:${port}` },
      { host: `lab.localhost:${port}` },
      { host: '[::1]:8080' },
      { host: '192.168.0.7' },
      { origin: app.url, 'sec-fetch-site': 'same-origin' },
    ])
      t.equal((await send(`${app.url}/lab/api/state`, { headers })).status, 200, JSON.stringify(headers))
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }
    t.not((await send(`${app.url}/`, { headers: link })).status, 403, 'a link may lead to the page')
    t.equal((await send(`${app.url}/lab/api/state`, { headers: link })).status, 403, 'but not to the data')
    t.equal((await send(`${app.url}/hello`, { headers: { host: 'evil.example' } })).status, 200, 'the API is for all')
  })
})
