import { readdir } from 'node:fs/promises'
import { type FastifyBaseLogger, fastify, LogController } from 'fastify'
import t, { type Test } from 'tap'
import { lab } from '../../lab/plugin.ts'
import type { Logs, Metrics, State, Story, Trace } from '../../lab/wire.ts'
import phase from '../../phases/5-unified/index.ts'
import type { PhaseConfig, PhasePlugin } from '../../phases/phase.ts'
import { httpClient } from '../../testkit/http.ts'
import { needs } from '../../testkit/installed.ts'
import { waitFor } from '../../testkit/wait-for.ts'
import { goTo, openBrowser, openLab, send } from './browser.ts'

const PATH = '/hello-of-its-own'

const config: PhaseConfig = {
  LOG_LEVEL: 'info',
  LOG_FILE: '',
  LOG_FILE_MAX_BYTES: 1_000_000,
  LOG_FILE_COUNT: 1,
  OTEL_SERVICE_NAME: 'orders',
  OTEL_RESOURCE_ATTRIBUTES: {},
}

/** Plugins about bookings, which another service leaves out. */
async function bookingPlugins(): Promise<Set<unknown>> {
  const folder = new URL('../../phases/booking/', import.meta.url)
  const files = (await readdir(folder)).filter((name) => name.endsWith('.js'))
  const modules = await Promise.all(files.map((name) => import(new URL(name, folder).href)))
  return new Set(modules.flatMap((module: object) => Object.values(module)))
}

/** A service that shares only the plugins of phase 5 with the course app. */
async function startOrders(t: Test): Promise<string> {
  process.env.OTEL_TRACES_EXPORTER = 'none' // the Lab needs no exporter
  t.teardown(() => delete process.env.OTEL_TRACES_EXPORTER)
  const loggerInstance = phase.logger?.({ config }) as FastifyBaseLogger
  const app = fastify({ loggerInstance, logController: new LogController({ disableRequestLogging: true }) })
  t.teardown(() => app.close())
  const booking = await bookingPlugins()
  const partsOf = (entry: PhasePlugin) => (typeof entry === 'function' ? ([entry, {}] as const) : entry)
  for (const [plugin, options] of phase.plugins.map(partsOf)) {
    if (!booking.has(plugin)) app.register(plugin, { ...options, config })
  }
  await app.register(lab) // before the routes, so that the page has buttons for them
  app.get('/', () => 'a page of its own')
  app.get(PATH, ({ log }) => {
    log.info({ customer: 7 }, 'said hello')
    return { hello: 'world' }
  })
  app.get('/broken', () => {
    throw new Error('out of order')
  })
  return app.listen({ host: '127.0.0.1', port: 0 })
}

t.test('a Fastify app other than the course registers the Lab with one line', async (t) => {
  const url = await startOrders(t)
  const { send: call, getJson } = httpClient(t)
  const ask = async <T>(path: string) => (await getJson<T>(`${url}/lab/api/${path}`)).body

  await t.test('detects phase and service', async (t) => {
    t.match(await ask<State>('state'), {
      phase: { number: 5, title: 'Unified observability' },
      is_course: false,
      learn: false,
      panels: ['logs', 'request_ids', 'metrics', 'traces', 'exemplars'],
      endpoints: [PATH, '/broken'],
      service: 'orders',
      log_level: 'info',
      sources: [{ service: 'orders', connected: true }],
    })
    t.equal((await call(`${url}/`)).text, 'a page of its own')
    t.match((await call(`${url}/lab`)).headers['content-type'], /^text\/html/)
  })

  await t.test('and shows the log lines, the trace and the metrics of a request', async (t) => {
    const { headers, body } = await getJson(url + PATH, { 'x-request-id': 'lab-orders' })
    t.strictSame(body, { hello: 'world' })
    t.equal(headers['x-request-id'], 'lab-orders')

    const story = await ask<Story>('story?request_id=lab-orders')
    t.match(story, { found_by: 'request_id', complete: true })
    t.match(
      story.lines.map(({ fields }) => fields),
      [
        { message: 'said hello', customer: 7, service: 'orders', trace_id: story.trace_id },
        { message: 'request completed', route: PATH, status: 200 },
      ],
    )
    const own = story.metrics?.series.find(({ name }) => name === 'http_server_request_count_total')
    t.match(own, { labels: { method: 'GET', route: PATH, status: '200' }, own: true })

    t.match(await ask<Logs>('logs?request_id=lab-orders'), { lines: [{ fields: { message: 'said hello' } }, Object] })
    t.match(await ask<Trace>(`traces/${story.trace_id}`), {
      name: `GET ${PATH}`,
      service: 'orders',
      status: 'ok',
      request_id: 'lab-orders',
      finished: true,
    })
    const metrics = await waitFor('a sample with the request', async () => {
      const all = await ask<Metrics>('metrics')
      return (all.samples.at(-1)?.routes[PATH]?.requests ?? 0) > 0 ? all : undefined
    })
    t.match(metrics.samples.at(-1)?.routes[PATH], { requests: 1, server_errors: 0 })
    t.equal(metrics.exemplars.at(-1)?.trace_id, story.trace_id)
  })

  await t.test('its errors go through the app’s error handler', async (t) => {
    const { status, body } = await getJson(`${url}/lab/api/traces/${'0'.repeat(32)}`)
    t.match({ status, body }, { status: 404, body: { statusCode: 404, message: /^This trace is not here/ } })
    t.match(await getJson(`${url}/lab/api/story`), { status: 400, body: { message: /^Give a request_id/ } })
    t.equal((await call(`${url}/lab`, { headers: { host: 'attacker.example' } })).status, 403)
    const { lines } = await ask<Logs>('logs')
    t.notMatch(JSON.stringify(lines), '/lab/api', 'and its requests are not logged')
  })
})

t.test('its page has buttons for the app’s routes', needs('chromium'), async (t) => {
  const browser = await openBrowser(t)
  const url = await startOrders(t)
  const { page, complaints } = await openLab(browser, `${url}/lab`)

  await send(page, PATH)
  const panel = (name: string) => page.locator(`.story-${name}`)
  t.equal(await panel('logs').getByText('said hello').count(), 1)
  t.match(await panel('metrics').textContent(), /http_server_request_count_total\{.*route="\/hello-of-its-own"/s)
  await panel('trace')
    .locator('.span-row', { hasText: `GET ${PATH}` })
    .waitFor()

  await send(page, '/broken')
  t.equal(await panel('logs').getByText('request failed').count(), 1)
  const traffic = page.getByRole('form', { name: 'Traffic' })
  await traffic.getByRole('combobox').selectOption(`GET ${PATH}`)
  await traffic.getByLabel('per second').fill('20')
  await traffic.getByLabel('seconds', { exact: true }).fill('2')
  await traffic.getByRole('button', { name: 'Start traffic' }).click()
  await goTo(page, 'Traces')
  await page
    .locator('main')
    .getByRole('link', { name: `GET ${PATH}` })
    .nth(5)
    .waitFor()
  await goTo(page, 'Metrics')
  await page.locator('.chart canvas').nth(5).waitFor()
  t.equal(await page.locator('.chart').count(), 6, 'all charts but that of bookings')
  await goTo(page, 'Logs')
  await page.locator('.log-row', { hasText: 'said hello' }).first().waitFor()

  const text = (await page.locator('body').textContent()) ?? ''
  for (const foreign of ['npm run phase', '/slow', 'swagger', 'Book a seat']) t.notOk(text.includes(foreign), foreign)
  t.match(complaints, [/status of 500/], 'that of /broken is all there is to complain about')
  t.equal(complaints.length, 1)
})
