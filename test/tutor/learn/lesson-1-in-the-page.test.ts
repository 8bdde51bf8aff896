import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import t from 'tap'
import { startApp } from '../../../testkit/app-process.ts'
import { needs } from '../../../testkit/installed.ts'
import { waitFor } from '../../../testkit/wait-for.ts'
import { openBrowser, openLab } from '../../lab/browser.ts'
import { violations } from '../../lab/violations.ts'
import { copyForLearner } from './learners-copy.ts'

t.setTimeout(240_000)

/** The card of a command. */
function stepOf(page: Page, command: string, nth = 0): Locator {
  return page.locator('.step', { has: page.getByRole('button', { name: `Run ${command}`, exact: true }) }).nth(nth)
}

/** Presses *Run* of a command, and waits for what comes back. @returns the server's output */
async function run(page: Page, command: string, nth = 0): Promise<string> {
  const step = stepOf(page, command, nth)
  await step.getByRole('button', { name: `Run ${command}`, exact: true }).click()
  const output = step.locator('.own .output-text')
  await output.waitFor()
  return (await output.textContent()) ?? ''
}

/** Presses *Run* of a command that restarts the server, and waits until the page follows the new one. */
async function restart(page: Page, command: string, nth = 0): Promise<void> {
  const step = stepOf(page, command, nth)
  await step.getByRole('button', { name: `Run ${command}`, exact: true }).click()
  await step.getByText('✓ The server runs phase 1.').waitFor()
}

t.test('lesson 1 is done in the page, from first to last', { timeout: 240_000, ...needs('chromium') }, async (t) => {
  const folder = copyForLearner(t)
  const app = await startApp(t, {
    script: join(folder, 'dist/tutor/start/main.js'),
    env: { LOG_FILE: undefined },
    timeout: 90_000,
    stopTimeout: 20_000,
  })
  const browser = await openBrowser(t)
  const { page, complaints } = await openLab(browser, app.url)
  page.setDefaultTimeout(20_000)

  await t.test('whoever has not begun sees the path first', async (t) => {
    await page.getByRole('heading', { name: 'Learn observability on a running server' }).waitFor()
    t.equal(await page.locator('.path-lesson').count(), 7)
    t.match(await page.locator('.path-lesson.next').textContent(), /1\. Structured logging/)
    t.strictSame(await violations(page), [])
    await page.getByRole('link', { name: 'Begin with lesson 1' }).click()
    await page.getByRole('heading', { name: 'Lesson 1: Structured logging' }).waitFor()
  })

  await t.test('its commands run beside what the lesson printed', async (t) => {
    await run(page, 'rm -f logs/app.log')
    await restart(page, 'LOG_LEVEL=debug npm run phase:1')
    t.match(await page.locator('.phases [aria-current="step"]').textContent(), /^1/)
    t.match(await run(page, "curl 'localhost:8080/slow?ms=100'"), /slow operation completed/)
    t.match(await run(page, 'tail -n 2 logs/app.log'), /"step":"database_query".*\n.*"step":"external_api_call"/)
    t.match(await run(page, "curl 'localhost:8080/error?status=500'"), /Internal Server Error/)
    t.match(
      await run(page, `grep '"level":"error"' logs/app.log`),
      /"stack":"HttpError: this endpoint fails on purpose/,
    )
    await run(page, "curl 'localhost:8080/error?status=404'")
    t.equal((await run(page, `grep -c '"level":"error"' logs/app.log`)).trim(), '1')
    const counted = stepOf(page, `grep -o '"level":"[a-z]*"' logs/app.log | sort | uniq -c`)
    await run(page, `grep -o '"level":"[a-z]*"' logs/app.log | sort | uniq -c`)
    t.match(await counted.textContent(), /✓ as the lesson says/, 'two at debug, one at error, two at info')
    await restart(page, 'LOG_LEVEL=error LOG_FILE=logs/quiet.log npm run phase:1')
    await run(page, "curl 'localhost:8080/slow?ms=100'", 1)
    await run(page, "curl -s 'localhost:8080/error?status=500' > /dev/null")
    t.equal((await run(page, `grep -o '"level":"[a-z]*"' logs/quiet.log`)).trim(), '"level":"error"')
    await restart(
      page,
      'LOG_LEVEL=debug LOG_FILE=logs/small.log LOG_FILE_MAX_BYTES=2000 LOG_FILE_COUNT=3 npm run phase:1',
    )
    await run(page, "for i in $(seq 30); do curl -s 'localhost:8080/slow?ms=0' > /dev/null; done")
    t.match(await run(page, 'ls logs'), /small\.log {2}small\.log\.1 {2}small\.log\.2/)
    await restart(page, 'LOG_LEVEL=debug npm run phase:1', 1)
  })

  await t.test('the story of a request is one click away', async (t) => {
    const step = stepOf(page, "curl 'localhost:8080/slow?ms=100'")
    await run(page, "curl 'localhost:8080/slow?ms=100'")
    await step.getByRole('link', { name: 'Story of GET /slow?ms=100' }).click()
    await page.locator('.story-logs .story-line', { hasText: 'database_query' }).waitFor()
    t.ok(await page.getByRole('heading', { name: 'Lesson 1: Structured logging' }).isVisible(), 'beside the lesson')
  })

  await t.test('a link to lines shows them, and opens an editor', async (t) => {
    await page.getByRole('link', { name: 'createLogger' }).click()
    const dialog = page.getByRole('dialog')
    t.match(await dialog.textContent(), /phases\/1-logging\/logger\.ts:\d+.*export function createLogger/s)
    const editor = await dialog.getByRole('link', { name: 'Open in VS Code' }).getAttribute('href')
    t.match(editor, new RegExp(`^vscode://file${folder}/phases/1-logging/logger\\.ts:\\d+$`))
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
  })

  await t.test('its claims are checked in place, by the keyboard alone', async (t) => {
    const button = page.getByRole('button', { name: 'Check it' })
    await button.focus()
    await page.keyboard.press('Enter')
    await page.locator('.claims-summary', { hasText: 'All 6 claims hold.' }).waitFor()
    t.equal(await page.locator('.claim-outcomes .held').count(), 6)
  })

  await t.test('the path knows that it is done, after a reload too', async (t) => {
    await page.reload()
    await page.getByRole('heading', { name: 'Lesson 1: Structured logging' }).waitFor()
    await page.getByRole('link', { name: 'All lessons' }).click()
    await page.locator('.path-lesson.done', { hasText: 'Structured logging' }).waitFor()
    t.match(await page.locator('.path-lesson.next').textContent(), /2\. Request logging/)
  })
  t.strictSame(
    complaints.filter((text) => !/status of (404|500)|ERR_/.test(text)),
    [],
    'apart from requests while the server restarts, the console is empty',
  )

  for (const colorScheme of ['light', 'dark'] as const)
    await t.test(`axe finds nothing in a lesson in the ${colorScheme} scheme`, async (t) => {
      const { page } = await openLab(browser, `${app.url}/#/learn/1`, { colorScheme })
      await page.getByRole('heading', { name: 'Lesson 1: Structured logging' }).waitFor()
      await run(page, "curl 'localhost:8080/slow?ms=100'")
      t.strictSame(await violations(page), [])
      await page.context().close()
    })

  await t.test('at 390 px lesson and view are tabs, found again where they were left', async (t) => {
    const { page } = await openLab(browser, `${app.url}/#/learn/1#levels`, { viewport: { width: 390, height: 844 } })
    await page.getByRole('heading', { name: 'Levels' }).waitFor()
    t.equal(await page.evaluate('document.documentElement.scrollWidth'), 390)
    const scrolled = async () => (await page.evaluate('scrollY')) as number
    await waitFor('the page to show the heading', async () => (await scrolled()) > 1000)
    const top = await scrolled()
    await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Logs' }).click()
    await page.locator('.log-row').first().waitFor()
    t.notOk(await page.getByRole('heading', { name: 'Levels' }).isVisible())
    await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Learn' }).click()
    await page.getByRole('heading', { name: 'Levels' }).waitFor()
    await waitFor('the page to be where it was', async () => Math.abs((await scrolled()) - top) < 60)
    t.strictSame(await violations(page), [])
    await page.context().close()
  })
})
