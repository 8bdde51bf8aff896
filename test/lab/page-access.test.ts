import type { Page } from 'playwright-core'
import t from 'tap'
import { startApp } from '../../testkit/app-process.ts'
import { needs } from '../../testkit/installed.ts'
import { goTo, openBrowser, openLab, send } from './browser.ts'
import { violations } from './violations.ts'

const VIEWS = ['Request', 'Logs', 'Metrics', 'Traces', 'Ask']

/** What the Ask view can show, with an element by which one knows that it does. */
const QUESTIONS: readonly (Record<string, string> & { readonly query: string; readonly seen: string })[] = [
  {
    language: 'promql',
    over: '5m',
    query: 'sum by (route) (rate(http_server_request_count_total[1m]))',
    seen: 'canvas',
  },
  { language: 'promql', over: 'now', query: 'rate(process_cpu_seconds_total[30s])', show: 'explain', seen: '.samples' },
  { language: 'promql', over: 'now', query: 'sum(', seen: '.query-problem' },
  { language: 'logql', over: '5m', query: '{service="course-app"} |= "request"', seen: '.found-line' },
  { language: 'logql', over: '5m', query: '{service="course-app"} | json', show: 'explain', seen: '.stage' },
]

/** Compares the last request with the latest other one. */
async function compare(page: Page): Promise<void> {
  await send(page, '/hello')
  await page.getByRole('link', { name: 'Compare with another request' }).click()
  await page.locator('.compare-choice a').first().click()
  await page.getByRole('region', { name: 'Spans compared' }).waitFor()
}

t.test('the page is accessible', needs('chromium'), async (t) => {
  const browser = await openBrowser(t)
  const app = await startApp(t)

  for (const colorScheme of ['light', 'dark'] as const) {
    await t.test(`axe finds nothing in the ${colorScheme} scheme`, async (t) => {
      const { page } = await openLab(browser, app.url, { colorScheme })
      t.strictSame(await violations(page), [], 'before the first request')
      await send(page, '/error')
      await page.locator('.error-of-line summary').click()
      await page.getByText('Answer', { exact: true }).click()
      for (const view of VIEWS) {
        await goTo(page, view)
        if (view === 'Logs') await page.locator('.log-row').first().click()
        if (view === 'Metrics') await page.locator('.exemplar-list a').first().waitFor()
        if (view === 'Traces') await page.locator('.map-picture svg').waitFor()
        if (view === 'Ask') await page.getByRole('textbox', { name: 'PromQL query' }).waitFor()
        t.strictSame(await violations(page), [], view)
      }
      await compare(page)
      t.strictSame(await violations(page), [], 'a comparison')
      for (const question of QUESTIONS) {
        await page.evaluate(`location.hash = ${JSON.stringify(`#/ask?${new URLSearchParams(question)}`)}`)
        await page.locator(question.seen).first().waitFor()
        t.strictSame(await violations(page), [], question.query)
      }
      await page.context().close()
    })
  }

  await t.test('at 390 px there is no horizontal scrolling', async (t) => {
    const { page } = await openLab(browser, app.url, { viewport: { width: 390, height: 844 } })
    await send(page, '/propagation')
    for (const view of VIEWS) {
      await goTo(page, view)
      if (view === 'Traces') await page.locator('.map-picture svg').waitFor()
      if (view === 'Ask') await page.getByRole('textbox', { name: 'PromQL query' }).waitFor()
      t.equal(await page.evaluate('document.documentElement.scrollWidth'), 390, view)
    }
    await compare(page)
    t.equal(await page.evaluate('document.documentElement.scrollWidth'), 390, 'a comparison')
    for (const question of QUESTIONS) {
      await page.evaluate(`location.hash = ${JSON.stringify(`#/ask?${new URLSearchParams(question)}`)}`)
      await page.locator(question.seen).first().waitFor()
      t.equal(await page.evaluate('document.documentElement.scrollWidth'), 390, question.query)
    }
    t.strictSame(await violations(page), [], 'axe finds nothing there either')
    await page.context().close()
  })
})
