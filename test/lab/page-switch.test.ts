import t from 'tap'
import { needs } from '../../testkit/installed.ts'
import { startParent } from '../tutor/start/start-process.ts'
import { goTo, openBrowser, openLab, send } from './browser.ts'

t.test('a step restarts the server in its phase, forwards and backwards', needs('chromium'), async (t) => {
  const browser = await openBrowser(t)
  const app = await startParent(t, { args: ['--phase', '2'], env: { OTEL_BSP_MAX_QUEUE_SIZE: 'abc' } })
  const { page } = await openLab(browser, app.url)
  const { page: other } = await openLab(browser, app.url)
  const steps = page.getByRole('navigation', { name: 'Phases of the course' })
  const step = (phase: number) => steps.getByRole('button', { name: new RegExp(`^${phase}`) })
  const running = (phase: number) => page.locator('.phases [aria-current="step"]', { hasText: String(phase) }).waitFor()
  t.equal(await steps.getByRole('button').count(), 6, 'phase 0 has a step too')
  const overflow = () => page.evaluate('document.documentElement.scrollWidth - innerWidth')
  t.equal(await overflow(), 0, 'the steps fit')

  await t.test('by the mouse', async (t) => {
    await goTo(page, 'Metrics')
    await step(3).click()
    await steps.getByText('Running now: phase 3.').waitFor()
    await page.locator('.connection.live').waitFor()
    t.match(page.url(), /#\/metrics$/, 'the view is the same')
    await page.locator('.chart canvas').first().waitFor()
    t.equal(await page.locator('.notice').count(), 0, 'no surprise for this page')
    await other.getByText('The server was started again, now in phase 3.').waitFor()
  })

  await t.test('by the keyboard', async (t) => {
    await step(0).focus()
    await steps.getByText('The server works, and tells you nothing.').waitFor()
    await page.keyboard.press('Enter')
    await steps.getByText('Running now: phase 0.').waitFor()
    t.match(await page.evaluate('document.activeElement.textContent'), /^0/, 'the step keeps the focus')
    await page.keyboard.press('Tab')
    await steps.getByText('Phase 1.').waitFor()
    await page.keyboard.press('Space')
    await running(1)
    await page.locator('.connection.live').waitFor()
    await send(page, '/hello')
  })

  await t.test('from a panel that needs a later phase', async (t) => {
    await goTo(page, 'Metrics')
    await page.getByRole('button', { name: 'Start phase 3' }).click()
    await page.locator('.chart canvas').first().waitFor()
    t.equal(await page.getByRole('button', { name: 'Start phase 3' }).count(), 0)
  })

  await t.test('a phase that does not start', async (t) => {
    await step(5).click()
    const notice = page.locator('.notice.problem')
    await notice.getByText('Phase 5 did not start.').waitFor()
    t.match(await notice.textContent(), 'OTEL_BSP_MAX_QUEUE_SIZE: "abc" does not work.')
    await running(3)
    await notice.getByRole('button', { name: 'OK' }).click()
    t.equal(await page.locator('.notice').count(), 0)
    await page.reload()
    await page.locator('.connection.live').waitFor()
    t.equal(await page.locator('.notice').count(), 0, 'a page that is opened later says nothing of it')
  })
})
