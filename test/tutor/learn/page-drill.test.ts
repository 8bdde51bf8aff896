import { existsSync, readFileSync } from 'node:fs'
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import t from 'tap'
import type { AllProgress } from '../../../lab/progress-wire.ts'
import { startApp } from '../../../testkit/app-process.ts'
import { needs } from '../../../testkit/installed.ts'
import { waitFor } from '../../../testkit/wait-for.ts'
import { openBrowser, openLab } from '../../lab/browser.ts'
import { Learner, NEEDED_BY_SERVER } from '../exercise/learner.ts'

t.setTimeout(300_000)

t.test('drills in the page', needs('chromium'), async (t) => {
  const learner = new Learner(t, NEEDED_BY_SERVER)
  const browser = await openBrowser(t)
  const app = await startApp(t, { script: learner.path('dist/tutor/start/main.js') })
  const { page, complaints } = await openLab(browser, `${app.url}/#/learn/drills`)
  const dialogue = page.getByRole('region', { name: 'Telemetry and answers' })
  const answer = page.getByRole('textbox', { name: 'What is the cause, and what shows it?' })
  let drillUrl = ''

  /** Types a command, and waits for its output. */
  async function command(line: string): Promise<string> {
    const outputs = dialogue.locator('.by-drill')
    const before = await outputs.count()
    await dialogue.getByRole('textbox', { name: 'Command' }).fill(line)
    await page.keyboard.press('Enter')
    await waitFor(`the output of ${line}`, async () => (await outputs.count()) > before)
    return (await outputs.last().textContent()) ?? ''
  }

  async function begin(id: string): Promise<void> {
    await page.goto(`${app.url}/#/learn/drill/${id}`)
    await page.getByRole('spinbutton', { name: 'seconds to look around first' }).fill('2')
    await page.getByRole('button', { name: /^Start/ }).click()
    const ownLab = page.getByRole('navigation', { name: 'The app of the drill' }).getByRole('link').first()
    drillUrl = new URL((await ownLab.getAttribute('href')) ?? '').origin
    await page.getByRole('heading', { name: 'Your pager goes off' }).waitFor()
  }

  await t.test('a drill starts from its list, with an app and a Lab of its own', async (t) => {
    await page.getByRole('link', { name: /^1 The front page got slow/ }).click()
    await page.getByRole('button', { name: 'Start the drill' }).waitFor()
    await begin('1')
    t.not(drillUrl, app.url)
    t.match(await (await fetch(drillUrl)).text(), '<title>', 'its Lab answers')
    t.match(await page.getByRole('timer').textContent(), /^\d+:\d\d$/, 'the clock runs')
    t.match(await page.locator('.drill-report').textContent(), /Shop owners report/)
    t.strictSame(await violations(page), [])
  })

  await t.test('another one cannot start meanwhile', async (t) => {
    const other = await page.context().newPage()
    await other.goto(`${app.url}/#/learn/drill/2`)
    await other.getByText('Another drill is running').waitFor()
    t.equal(await other.getByRole('button', { name: /^Start/ }).count(), 0)
    const refused = await fetch(`${app.url}/lab/api/learn/drills/2`, {
      method: 'POST',
      headers: { origin: app.url, 'content-type': 'application/json' },
      body: '{}',
    })
    t.equal(refused.status, 409)
    await other.close()
  })

  await t.test('its telemetry is asked beside the question; no shell is', async (t) => {
    t.match(await command('ask sum by (job) (up)'), /course-app[\s\S]*This is ask 1\./)
    t.match(await command('! touch owned'), 'Commands for a shell need a terminal')
    t.notOk(existsSync(learner.path('owned')))
  })

  await t.test('an answer without evidence is not enough; with a trace the cause is found', async (t) => {
    await answer.fill('It reads the batches course by course')
    await page.getByRole('button', { name: 'Answer', exact: true }).click()
    await page.locator('.drill-reply').waitFor()
    t.equal(await page.getByRole('heading', { name: 'Debrief' }).count(), 0)
    const largest = async () => /^ *1 .* ms +(\d+) /m.exec(await command('traces largest GET /v1/courses'))?.[1]
    await waitFor('a trace with many statements', async () => Number(await largest()) > 50, { interval: 500 })
    await answer.fill('It reads the batches course by course, an N+1 query: trace 1 shows it')
    await page.getByRole('button', { name: 'Answer', exact: true }).click()
    await page.getByRole('heading', { name: 'Debrief' }).waitFor()
    t.match(
      await page.locator('.drill-debrief').textContent(),
      /Found with answer 2, by trace [\s\S]*It was an N\+1 query/,
    )
    t.strictSame(await violations(page), [])
  })

  await t.test('the postmortem is written, and the way to the cause is remembered', async (t) => {
    await page.getByRole('button', { name: 'Write a postmortem' }).click()
    const link = page.locator('.drill-debrief .file-link a')
    await link.waitFor()
    t.equal(await link.getAttribute('href'), `vscode://file${learner.path('logs/drill/postmortem.md')}:1`)
    t.match(readFileSync(learner.path('logs/drill/postmortem.md'), 'utf8'), 'N+1 query')
    const { drills } = (await (await fetch(`${app.url}/lab/api/learn/progress`)).json()) as AllProgress
    t.match(drills, { 1: { how: 'found', tries: 2 } })
    t.match((await learner.run([])).output, 'Drills solved: 1.')
  })

  await t.test('the button ends it, and its app with it', async (t) => {
    await page.getByRole('button', { name: 'End the drill' }).click()
    await page.getByRole('button', { name: 'End it' }).click()
    await page.getByText('The drill has ended').waitFor()
    await t.rejects(fetch(drillUrl))
    await page.goto(`${app.url}/#/learn/drills`)
    await page.getByText('✓ found with answer 2').waitFor()
  })

  await t.test('guided questions: by keyboard, with hints, at 390 px, over a reload', async (t) => {
    await page.setViewportSize({ width: 390, height: 800 })
    await begin('1')
    await page.getByRole('button', { name: 'Ask me step by step' }).press('Enter')
    const first = page.getByRole('group', { name: /^Question 1 of 5/ })
    await first.waitFor()
    await waitFor('the focus in the question', () =>
      page.evaluate<boolean>('document.activeElement.closest(".drill-question") !== null'),
    )
    await page.keyboard.type('/hello')
    await page.keyboard.press('Enter')
    await page.locator('.drill-reply', { hasText: 'Not quite.' }).waitFor()
    await page.reload()
    await first.waitFor()
    await page.getByRole('button', { name: 'Hint' }).click()
    await page.locator('.drill-reply', { hasText: 'request completed' }).waitFor()
    const width = await page.evaluate<number>('document.documentElement.scrollWidth')
    t.ok(width <= 390, `${width}`)
    t.strictSame(await violations(page), [])
    await first.getByRole('textbox').fill('GET /v1/courses')
    await page.getByRole('button', { name: 'Answer', exact: true }).click()
    await page.getByRole('group', { name: /^Question 2 of 5/ }).waitFor()
    for (let number = 2; number <= 4; number++) {
      await page.getByRole('button', { name: 'Skip it' }).click()
      await page.getByRole('group', { name: new RegExp(`^Question ${number + 1} of 5`) }).waitFor()
    }
    const right = page.getByRole('radio', { name: /course by course/ })
    await right.check()
    await page.getByRole('button', { name: 'Answer', exact: true }).click()
    await page.getByText(/guided questions: 1 of 5 right at the first try/i).waitFor()
  })

  await t.test('when the server stops, the drill stops', async (t) => {
    t.equal((await fetch(`${drillUrl}/livez`)).status, 200)
    t.equal((await app.stop()).code, 0)
    const isGone = () =>
      fetch(`${drillUrl}/livez`).then(
        () => false,
        () => true,
      )
    await waitFor('its app to end', isGone)
    await waitFor('its lock to go', () => !existsSync(learner.path('logs/drill/lock')) || undefined)
  })

  t.strictSame(
    complaints.filter((text) => !/ERR_|Failed to load/.test(text)),
    [],
  )
})

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const found = (await page.evaluate('axe.run().then((results) => results.violations)')) as {
    id: string
    nodes: { html: string; failureSummary: string }[]
  }[]
  return found.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`))
}
