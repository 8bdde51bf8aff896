import type { Browser, Page } from 'playwright-core'
import type { Test } from 'tap'
import { startApp } from '../../testkit/app-process.ts'
import { goTo, openLab, send } from './browser.ts'

/** Text of a panel that needs a later phase. */
const comes = (phase: number) => `npm run phase:${phase}`

/** Phase 1 has no ids to find the lines of a request: the page shows the lines logged during the request. */
async function checkLinesInBetween(t: Test, page: Page): Promise<void> {
  await send(page, '/error')
  const logs = page.locator('.story-logs')
  t.equal(await logs.locator('.story-line', { hasText: 'request failed' }).count(), 1, 'the line that it left')
  t.match(await logs.textContent(), /whosever they are/)
}

/** Checks that the page shows the telemetry of its phase, and names the phase that adds the rest. */
export async function checkPhase(t: Test, browser: Browser, phase: number): Promise<void> {
  const app = await startApp(t, { args: ['--phase', String(phase)] })
  const { page, complaints } = await openLab(browser, app.url)

  const current = page.locator('.phases [aria-current="step"]')
  t.match(await current.textContent(), new RegExp(`^${phase}`), 'its step is marked')
  if (phase === 1) await checkLinesInBetween(t, page)
  await send(page, '/hello')
  const panel = (name: string) => page.locator(`.story-${name}`)

  if (phase >= 2) t.equal(await panel('logs').getByText('request completed').count(), 1, 'the line of the request')
  t.equal(await page.getByTestId('request_id').count(), phase >= 2 ? 1 : 0, 'a request id from phase 2 on')

  const metrics = await panel('metrics').textContent()
  if (phase < 3) t.ok(metrics?.includes(comes(3)), 'metrics come with phase 3')
  else t.match(metrics, /http_server_request_count_total\{.*route="\/hello".*0 *→ 1 *\+1/s, 'a counter that it moved')
  if (phase === 3 || phase === 4) t.ok(metrics?.includes(comes(5)), 'exemplars come with phase 5')

  if (phase < 4) t.ok((await panel('trace').textContent())?.includes(comes(4)), 'the trace comes with phase 4')
  else await panel('trace').locator('.span-row', { hasText: 'GET /hello' }).waitFor()

  await goTo(page, 'Metrics')
  if (phase < 3) await page.locator('.metrics .phase-notice').waitFor()
  else await page.locator('.chart canvas').nth(6).waitFor()
  await goTo(page, 'Traces')
  if (phase < 4) await page.locator('.traces .phase-notice').waitFor()
  else await page.locator('main').getByRole('link', { name: 'GET /hello' }).waitFor()
  await goTo(page, 'Logs')
  await page.locator('.log-row', { hasText: 'server listening' }).first().waitFor()

  await goTo(page, 'Ask')
  await page.getByRole('radio', { name: phase < 3 ? /^LogQL/ : /^PromQL/, checked: true }).waitFor()
  await page.locator('.query-choice').first().click()
  await page
    .locator(phase < 3 ? '.found-line' : '.result-graph canvas')
    .first()
    .waitFor()
  await page.getByRole('radio', { name: /^PromQL/ }).check()
  t.equal(await page.locator('.ask .phase-notice').count(), phase < 3 ? 1 : 0, 'what PromQL needs, before phase 3')

  const expected = phase === 1 ? [/status of 500/] : [] // that of /error
  t.match(complaints, expected, 'nothing to complain about in the console')
  t.equal(complaints.length, expected.length)
  await page.context().close()
}
