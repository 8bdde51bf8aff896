import axe from 'axe-core'
import type { Page } from 'playwright-core'
import t from 'tap'
import { startApp } from '../support/app-process.ts'
import { needs } from '../support/installed.ts'
import { goTo, openBrowser, openLab, send } from './browser.ts'

const VIEWS = ['Request', 'Logs', 'Metrics', 'Traces']

interface Violation {
  readonly id: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[]
}

/** What axe finds, in a form that a failure can be read from. */
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

  await t.test('390 px wide, nothing has to be scrolled sideways', async (t) => {
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

  await t.test('the keyboard alone sends a request, walks through its spans and opens a line', async (t) => {
    const { page } = await openLab(browser, app.url)
    await tabTo(page, 'Skip to the view')
    t.ok(await page.evaluate('document.activeElement.checkVisibility()'), 'first comes the way past the send panel')
    await tabTo(page, 'Send GET /slow')
    t.match(
      await page.evaluate('getComputedStyle(document.activeElement).outlineStyle'),
      'solid',
      'the focus can be seen',
    )
    await page.keyboard.press('Enter')
    await page.locator('.span-row').nth(2).waitFor()

    await tabTo(page, 'database_query')
    await page.locator('.span-row.highlighted', { hasText: 'database_query' }).waitFor()
    await page.keyboard.press('Enter')
    t.match(await page.getByTestId('span-details').textContent(), /^database_query/)

    await tabTo(page, 'Logs', 'Shift+Tab')
    await page.keyboard.press('Enter')
    await page.locator('.log-row').first().waitFor()
    await tabTo(page, 'Log lines')
    await page.keyboard.press('End')
    await page.keyboard.press('ArrowUp')
    await page.locator('.log-row[aria-selected="true"]').waitFor()
    t.match(await page.locator('.log-details .json').textContent(), /"level"/, 'the chosen line is shown in full')
  })
})

/** Presses a key until what has the focus has this name. */
async function tabTo(page: Page, name: string, key = 'Tab'): Promise<void> {
  const focused = '(({ ariaLabel, textContent }) => ariaLabel ?? textContent)(document.activeElement)'
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press(key)
    if (String(await page.evaluate(focused)).includes(name)) return
  }
  throw new Error(`80 times ${key} did not lead to "${name}"`)
}
