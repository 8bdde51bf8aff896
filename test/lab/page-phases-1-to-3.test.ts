import t from 'tap'
import { needs } from '../../testkit/installed.ts'
import { openBrowser } from './browser.ts'
import { checkPhase } from './phase-page.ts'

t.test('what the page shows in phases 1 to 3', needs('chromium'), async (t) => {
  const browser = await openBrowser(t)
  for (const phase of [1, 2, 3]) await t.test(`phase ${phase}`, (t) => checkPhase(t, browser, phase))
})
