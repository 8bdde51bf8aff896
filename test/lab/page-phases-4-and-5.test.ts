import t from 'tap'
import { startApp } from '../../testkit/app-process.ts'
import { needs } from '../../testkit/installed.ts'
import { openBrowser, openLab } from './browser.ts'
import { checkPhase } from './phase-page.ts'

t.test('what the page shows in phases 4 and 5', needs('chromium'), async (t) => {
  const browser = await openBrowser(t)
  for (const phase of [4, 5]) await t.test(`phase ${phase}`, (t) => checkPhase(t, browser, phase))
})

t.test('a phase step shows what the phase adds and how to start it', needs('chromium'), async (t) => {
  const browser = await openBrowser(t)
  const app = await startApp(t, { args: ['--phase', '4'] })
  const { page } = await openLab(browser, app.url)

  t.match(await page.locator('.phase-adds').textContent(), /^Running now: phase 4\. /)
  await page.locator('.phases').getByRole('button', { name: 'Metrics' }).click()
  t.match(await page.locator('.phase-adds').textContent(), /^Phase 3\. .*npm run phase:3/)
})
