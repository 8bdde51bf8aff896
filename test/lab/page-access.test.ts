import axe from 'axe-core'
import type { Page } from 'playwright-core'
import t from 'tap'
import { startApp } from '../../testkit/app-process.ts'
import { needs } from '../../testkit/installed.ts'
import { goTo, openBrowser, openLab, send } from './browser.ts'

const VIEWS = ['Request', 'Logs', 'Metrics', 'Traces']

interface Violation {
  readonly id: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[]
}

/** The findings of axe in a readable form. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const found = (await page.evaluate('axe.run().then((results) => results.violations)')) as Violation[]
  return found.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`))
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
        t.strictSame(await violations(page), [], view)
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
      t.equal(await page.evaluate('document.documentElement.scrollWidth'), 390, view)
    }
    t.strictSame(await violations(page), [], 'axe finds nothing there either')
    await page.context().close()
  })
})
