import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { PANEL_PHASE, PHASES } from '../../lab/course.ts'
import type { Logs, Mark, Panel, State, Story } from '../../lab/wire.ts'
import { loadPhase } from '../../src/load-phase.ts'
import { quickStart, startApp } from '../../testkit/app-process.ts'
import { openEventStream } from '../../testkit/event-stream.ts'
import { httpClient } from '../../testkit/http.ts'

t.jobs = 2
const { getJson, send: getText, sendJson } = httpClient(t)

t.test('the page describes the phases correctly', async (t) => {
  for (const { number, title, folder } of PHASES) {
    t.equal(title, (await loadPhase(number)).title)
    t.ok(
      readdirSync(fileURLToPath(new URL('../../../phases', import.meta.url))).includes(folder.split('/')[1] as string),
    )
  }
  t.strictSame(
    PHASES.map(({ number }) => number),
    Object.values(PANEL_PHASE),
    'each brings a panel',
  )
})

/** Telemetry that each phase shows of a request from its page. */
async function look(url: string) {
  const lab = async <T>(path: string) => (await getJson<T>(`${url}/lab/api/${path}`)).body
  const mark = async () => (await sendJson<Mark>(`${url}/lab/api/marks`, { method: 'POST' })).body.mark_id
  const before = await mark()
  const answer = await getJson(`${url}/error?status=503`, { 'x-request-id': 'lab-one' })
  const after = await mark()
  const id = answer.headers['x-request-id']
  const story = await lab<Story>(`story?${id ? `request_id=${id}&` : ''}before=${before}&after=${after}`)
  return { state: await lab<State>('state'), logs: await lab<Logs>('logs'), story, id }
}

const instances = new Set<string>()

const expected: readonly [phase: number, panels: Panel[]][] = [
  [0, []],
  [1, ['logs']],
  [2, ['logs', 'request_ids']],
  [3, ['logs', 'request_ids', 'metrics']],
  [4, ['logs', 'request_ids', 'metrics', 'traces']],
]

for (const [phase, panels] of expected) {
  t.test(`phase ${phase} shows what it has`, { buffered: true }, async (t) => {
    const app = await startApp(t, { env: { ...quickStart, PHASE: String(phase) } })
    const { state, logs, story, id } = await look(app.url)
    t.match(state, { phase: { number: phase }, panel_phase: PANEL_PHASE })
    t.strictSame(state.panels, panels)

    t.equal(logs.lines.length > 0, phase >= 1)
    t.equal(id !== undefined, phase >= 2)
    t.equal(story.found_by, phase >= 2 ? 'request_id' : 'window')
    t.equal(story.complete, true)
    t.equal(story.metrics !== null, phase >= 3)
    t.equal(story.trace !== null, phase >= 4)
    t.equal(story.trace_id !== null, phase >= 4)
    if (phase >= 1)
      t.ok(
        story.lines.some(({ fields: { err } }) => err?.stack !== undefined),
        'the error is among its lines',
      )
    if (phase >= 2) for (const { fields } of story.lines) t.equal(fields.request_id, 'lab-one')
    if (phase >= 3) {
      const counted = story.metrics?.series.find(({ name }) => name === 'http_server_request_count_total')
      t.match(counted, { labels: { route: '/error', status: '503' }, before: 0, after: 1, own: true })
    }
    if (phase >= 4)
      t.match(story.trace, { status: 'error', name: 'GET /error', http_status: 503, request_id: 'lab-one' })
    const { status } = await getJson(`${app.url}/lab/api/metrics`)
    t.equal(status, phase >= 3 ? 200 : 404)

    await t.test('the APIs of Prometheus and Loki say what is missing', async (t) => {
      const query = (tool: string, path: string) => getText(`${app.url}/lab/${tool}/${path}`)
      const metrics = await query('prometheus', 'api/v1/query?query=up')
      const ready = await query('prometheus', '-/ready')
      const logs = await query('loki', 'api/v1/labels')
      t.match(
        [metrics.status, ready.status, logs.status],
        [phase >= 3 ? 200 : 422, phase >= 3 ? 200 : 503, phase >= 1 ? 200 : 422],
      )
      const error = 'there are no metrics before phase 3; start it with `npm run phase:3`'
      if (phase < 3) t.strictSame(JSON.parse(metrics.text), { status: 'error', errorType: 'execution', error })
      if (phase < 1) t.equal(logs.text, 'there are no logs before phase 1; start it with `npm run phase:1`')
    })

    const stream = await openEventStream(t, `${app.url}/lab/api/events?after=another-server.1.2.3`)
    t.match(await stream.next<State>('state'), { instance: state.instance }, 'who was at another server begins anew')
    t.notOk(instances.has(state.instance))
    instances.add(state.instance)
  })
}

t.test('the story does not wait for lines when the log level hides them', { buffered: true }, async (t) => {
  const app = await startApp(t, { env: { ...quickStart, LOG_LEVEL: 'warn' } })
  await getJson(`${app.url}/hello`, { 'x-request-id': 'lab-quiet' })
  const { body } = await getJson<Story>(`${app.url}/lab/api/story?request_id=lab-quiet`)
  t.match(body, { lines: [], complete: true, trace: { name: 'GET /hello' } })
})

t.test('a request that is not sampled has lines and metrics, and no trace', { buffered: true }, async (t) => {
  const app = await startApp(t, { env: { ...quickStart, OTEL_TRACES_SAMPLER: 'always_off' } })
  await getJson(`${app.url}/hello`, { 'x-request-id': 'lab-unsampled' })
  const { body } = await getJson<Story>(`${app.url}/lab/api/story?request_id=lab-unsampled`)
  t.match(body, { trace: null, lines: [{ fields: { message: 'request completed' } }] })
})
