import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import type { Sample } from '../../lab/wire.ts'
import { startApp } from '../../testkit/app-process.ts'
import { needs } from '../../testkit/installed.ts'
import { scrape } from '../../testkit/scrape.ts'
import { waitFor } from '../../testkit/wait-for.ts'
import { goTo, openBrowser, openLab, storyOf } from './browser.ts'

t.test('traffic, charts, the tail and the service map', needs('chromium'), async (t) => {
  const browser = await openBrowser(t)
  const tool = await openTool(t)
  const app = await startApp(t, { env: { PROMETHEUS_URL: tool, JAEGER_URL: tool } })
  const { page } = await openLab(browser, app.url)
  const traffic = page.getByRole('form', { name: 'Traffic' })

  await t.test('traffic has a rate, a duration and a progress display', async (t) => {
    await traffic.getByLabel('per second').fill('20')
    await traffic.getByLabel('seconds').fill('3')
    await traffic.getByRole('button', { name: 'Start traffic' }).click()
    await traffic.getByRole('button', { name: 'Stop' }).waitFor()
    await traffic.getByText(/^Done: /).waitFor()
    const [, answered, sent] = /Done: (\d+) answers of (\d+) sent/.exec((await traffic.textContent()) ?? '') ?? []
    t.equal(answered, sent, 'all that was sent is answered')
    t.ok(Number(sent) > 0 && Number(sent) <= 60, `${sent} requests, 60 at most`)
  })

  await t.test('the charts agree with /metrics', async (t) => {
    await goTo(page, 'Metrics')
    const metrics = await scrape(`${app.url}/metrics`)
    for (const route of ['/hello', '/error', '/v1/courses/:course_id']) {
      const counted = metrics.total('http_server_request_count_total', { route })
      t.ok(counted > 0)
      let shown: string | null = null
      const isShown = async () => {
        shown = await cell(page, 'rate', route, 'total')
        return shown === `+${counted}`
      }
      await waitFor(`+${counted} for ${route} in the chart`, isShown, { seen: () => String(shown) })
    }
    const failures = metrics.total('http_server_request_count_total', { status: '500' })
    t.equal(await cell(page, 'errors', '5xx', 'total'), `+${failures}`)
    t.match(await cell(page, 'duration', 'p95', 'highest'), /\d+ m?s$/)
    t.equal(await page.locator('.chart canvas').count(), 7)
    const link = new URL((await page.locator('.chart-rate .tool-link').getAttribute('href')) ?? '')
    t.equal(`${link.origin}${link.pathname}`, `${tool}/graph`, 'a link draws the same in Prometheus')
    t.equal(link.searchParams.get('g0.expr'), await page.locator('.chart-rate .queries code').textContent())
    t.match(
      await page.locator('.chart-duration .queries').textContent(),
      /histogram_quantile\(0\.95, sum by \(le\) \(rate\(/,
    )
  })

  await t.test('an exemplar leads to its trace', async (t) => {
    const link = page.locator('.exemplar-list a', { hasText: '/slow' }).first()
    t.ok((await page.locator('.exemplar-dot').count()) > 0, 'there are dots in the chart')
    await link.click()
    await storyOf(page, 'GET /slow')
    await page.locator('.span-row', { hasText: 'database_query' }).waitFor()
    const traceId = await page.getByTestId('trace_id').textContent()
    t.equal(await page.locator('.tool-link').getAttribute('href'), `${tool}/trace/${traceId}`, 'in Jaeger too')
  })

  await t.test('traffic can be stopped', async (t) => {
    await traffic.getByLabel('seconds').fill('600')
    await traffic.getByRole('button', { name: 'Start traffic' }).click()
    await traffic.getByRole('button', { name: 'Stop' }).click()
    await traffic.getByText(/^Stopped: /).waitFor()
    t.equal(await traffic.getByRole('button', { name: 'Start traffic' }).count(), 1)
  })

  await t.test('the tail can be filtered and stopped', async (t) => {
    await goTo(page, 'Logs')
    await page.locator('main').getByLabel('level').selectOption('error and up')
    await page.locator('.log-row', { hasText: 'request failed' }).first().waitFor()
    t.equal(await page.locator('.log-row .level.info, .log-row .level.warn').count(), 0, 'by level')
    await page.getByRole('button', { name: 'Clear', exact: true }).click()
    await page.locator('main').getByRole('combobox', { name: 'filter' }).fill('http.route=/slow')
    await waitFor('only /slow', async () => {
      const rows = await page.locator('.log-row').allTextContents()
      return rows.length > 0 && rows.every((row) => row.includes('/slow'))
    })

    await page.getByRole('button', { name: 'Pause all views' }).click()
    const before = await page.locator('.log-row').count()
    await fetch(`${app.url}/slow?ms=1`)
    await page.locator('.pause', { hasText: /[1-9]\d* new line/ }).waitFor()
    t.equal(await page.locator('.log-row').count(), before, 'nothing moves while it is stopped')
    await page.getByRole('button', { name: 'Resume all views' }).click()
    await waitFor('the new line', async () => (await page.locator('.log-row').count()) === before + 1)
  })

  await t.test(
    'traces can be searched by route, status and duration; the map shows calls between services',
    async (t) => {
      await goTo(page, 'Traces')
      const names = page.locator('.trace-list tbody th')
      await page.locator('main').getByLabel('status').selectOption('error')
      await waitFor('only errors', async () => (await names.allTextContents()).every((name) => name === 'GET /error'))
      await page.locator('main').getByLabel('status').selectOption('all')
      await page.getByLabel('at least, ms').fill('95')
      await waitFor('only slow ones', async () => {
        const durations = await page.locator('.trace-list tbody td:nth-child(4)').allTextContents()
        return durations.length > 0 && durations.every((text) => / s$/.test(text) || Number.parseFloat(text) >= 95)
      })
      t.match(await page.locator('.calls').textContent(), /outsidecourse-apphttp\d+.*course-apppostgresqlsql/)
      t.ok((await page.locator('.map-edge').count()) >= 3)
    },
  )

  await t.test('without requests, charts say that they are empty', async (t) => {
    const { page, complaints } = await openLab(browser, app.url)
    const [now, cache] = [Date.now(), { hit: 0, miss: 0, error: 0 }]
    const idle = { routes: {}, active: 0, cache, bookings: {}, event_loop_lag: { p50: 0.01, p99: 0.01 } }
    const samples: Sample[] = [3000, 2000, 1000].map((ago) => ({ ...idle, time: now - ago }))
    await page.route('**/lab/api/metrics*', (route) => route.fulfill({ json: { samples, bounds: [], exemplars: [] } }))
    await page.route('**/lab/api/events*', (route) => route.fulfill({ status: 204 }))
    await page.reload()
    await goTo(page, 'Metrics')
    await page.locator('.chart-rate').getByText('Nothing has been counted yet').waitFor()
    await waitFor('a chart on every card', async () => (await page.locator('.chart canvas').count()) === 7)
    t.strictSame(complaints, [])
  })
})

/** A server in place of Prometheus and Jaeger. */
async function openTool(t: Test): Promise<string> {
  const server = createServer((_request, response) => response.end('here')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A number in the table of a chart, by series and column heading. */
async function cell(page: Page, chart: string, series: string, heading: string): Promise<string> {
  const table = page.locator(`.chart-${chart} .line-table`)
  const headings = await table.locator('thead th').allTextContents()
  const row = table.locator('tbody tr').filter({ has: page.getByRole('rowheader', { name: series, exact: true }) })
  return (
    (await row
      .locator('td')
      .nth(headings.indexOf(heading) - 1)
      .textContent()) ?? ''
  )
}
