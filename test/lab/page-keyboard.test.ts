import type { Page } from 'playwright-core'
import t from 'tap'
import { startApp } from '../../testkit/app-process.ts'
import { needs } from '../../testkit/installed.ts'
import { openBrowser, openLab } from './browser.ts'

t.test('the keyboard alone sends a request, walks through its spans and opens a line', needs('chromium'), async (t) => {
  const browser = await openBrowser(t)
  const app = await startApp(t)
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

/** Presses a key until the focused element has this name. */
async function tabTo(page: Page, name: string, key = 'Tab'): Promise<void> {
  const focused = '(({ ariaLabel, textContent }) => ariaLabel ?? textContent)(document.activeElement)'
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press(key)
    if (String(await page.evaluate(focused)).includes(name)) return
  }
  throw new Error(`80 times ${key} did not lead to "${name}"`)
}
