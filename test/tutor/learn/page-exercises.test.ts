import { readFileSync } from 'node:fs'
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import t from 'tap'
import type { AllProgress } from '../../../lab/progress-wire.ts'
import { type AppProcess, startApp } from '../../../testkit/app-process.ts'
import { needs } from '../../../testkit/installed.ts'
import { waitFor } from '../../../testkit/wait-for.ts'
import { openBrowser, openLab } from '../../lab/browser.ts'
import { Learner, NEEDED_BY_SERVER } from '../exercise/learner.ts'

const FILE = 'phases/1-logging/exercises/1.2-keep-secrets.ts'
const SOLUTION = 'phases/1-logging/solutions/1.2-keep-secrets.ts'
const QUERY = 'lessons/6-asking/exercises/6.1-requests-per-second.promql'
const HANDED_OUT = "log.info({ payment }, 'payment received')"

t.setTimeout(240_000)

t.test('exercises in the page', needs('chromium'), async (t) => {
  const learner = new Learner(t, NEEDED_BY_SERVER)
  const original = learner.read(FILE)
  const browser = await openBrowser(t)
  const start = () => startApp(t, { script: learner.path('dist/tutor/start/main.js') })
  let app: AppProcess = await start()
  const { page, complaints } = await openLab(browser, `${app.url}/#/learn/exercise/1.2`)
  const verdict = page.getByRole('region', { name: 'Check' })
  const help = page.getByRole('region', { name: 'Help' })

  await t.test('the task, and what the check says of the file as it was handed out', async (t) => {
    await page.getByRole('heading', { name: 'Exercise 1.2: Keep secrets out of the log' }).waitFor()
    await verdict.getByText('Not solved yet.').waitFor()
    t.match(await verdict.textContent(), /✓the line says which payment.*✗the card and the customer stay out/)
    t.match(await verdict.locator('dt').allTextContents(), ['expected', 'seen', 'look at'])
    const link = await page.locator('.exercise-file a').getAttribute('href')
    t.equal(link, `vscode://file${learner.path(FILE)}:26`, 'a link opens the place in the editor')
    t.match(await page.locator('.exercise-task').textContent(), /The payment provider notifies us/)
  })

  await t.test('each save is checked at once', async (t) => {
    learner.save(FILE, original.replace(HANDED_OUT, 'log.info(payment.cart.number)'))
    await verdict.getByText("line 26: Property 'cart' does not exist").waitFor()
    learner.save(FILE, original.replace(HANDED_OUT, "throw new RangeError('my mistake')"))
    await verdict.getByText('RangeError: my mistake').waitFor()
    t.match(await verdict.textContent(), `at line 26 of ${FILE}`)
  })

  await t.test('hints come one at a time, in each tab, and in the terminal', async (t) => {
    await help.getByRole('button', { name: 'Give me a hint (0 of 3)' }).click()
    await help.getByRole('button', { name: 'One more hint (1 of 3)' }).waitFor()
    t.equal(await help.locator('.exercise-hints li').count(), 1)
    t.match((await learner.run(['1.2', '--hint'])).output, /Hint 1 of 3[\s\S]*Hint 2 of 3/)
    await help.getByRole('button', { name: /^One more hint/ }).click()
    await help.getByRole('button', { name: 'One more hint (3 of 3)', disabled: true }).waitFor()
  })

  await t.test('the solution is shown as a difference', async (t) => {
    await help.getByRole('button', { name: 'Show the solution' }).click()
    t.match(await help.locator('.diff').textContent(), /-.*my mistake.*\n\+ {2}const \{ id, amount, currency, card \}/)
    t.strictSame(await violations(page), [])
    await help.getByRole('button', { name: 'Hide the solution' }).click()
  })

  await t.test('starting over keeps what was there, after a question', async (t) => {
    await help.getByRole('button', { name: 'Start over' }).click()
    await help.getByRole('button', { name: 'Cancel' }).press('Escape')
    t.not(learner.read(FILE), original, 'not yet')
    await help.getByRole('button', { name: 'Start over' }).click()
    await help.getByRole('button', { name: 'Put it back' }).click()
    await help.getByText('.tutor/kept/1.2-keep-secrets.1.ts').waitFor()
    t.equal(learner.read(FILE), original)
    t.match(learner.read('.tutor/kept/1.2-keep-secrets.1.ts'), 'my mistake')
  })

  await t.test('the right answer is seen by two tabs, and remembered for the terminal', async (t) => {
    const other = await page.context().newPage()
    await other.goto(page.url())
    const otherVerdict = other.getByRole('region', { name: 'Check' })
    await otherVerdict.getByText('Not solved yet.').waitFor()
    learner.save(FILE, learner.read(SOLUTION))
    for (const shown of [verdict, otherVerdict]) await shown.getByText('Solved.', { exact: true }).waitFor()
    await page.getByRole('link', { name: /^1\.3 / }).waitFor()
    await other.close()
    t.match((await learner.run([])).output, /✓ 1\.2 [\s\S]* 1 of \d+ solved/)
    await page.getByRole('link', { name: 'All lessons' }).click()
    await page.locator('.path-exercises li', { hasText: '✓ 1.2' }).waitFor()
  })

  await t.test('a query has a preview over its data, and commands to look at them', async (t) => {
    await page.goto(`${app.url}/#/learn/exercise/6.1`)
    await verdict.locator('.verdict-preview td').first().waitFor()
    t.match(await verdict.locator('.verdict-preview').textContent(), /over the data of --data/)
    await help.getByRole('button', { name: 'Data to try it on' }).click()
    await help.getByText('npm run query -- --metrics .tutor/data/6.1-').waitFor()
    const [comment] = learner.read(QUERY).split('\n\n')
    learner.save(QUERY, `${comment}\n\nsum by (route) (\n`)
    await verdict
      .getByText(/parse error|unclosed/)
      .first()
      .waitFor()
  })

  await t.test('how far a lesson has been read is remembered', async (t) => {
    await page.goto(`${app.url}/#/learn/5`)
    await page.locator('.lesson h3').first().waitFor()
    t.notOk((await progressOf(app)).lessons[5])
    await page.evaluate('document.querySelector(".lesson-end").scrollIntoView()')
    const lesson = await waitFor('the end of the lesson', async () => {
      const { 5: read } = (await progressOf(app)).lessons
      return read?.done ? read : undefined
    })
    t.match(lesson.section, /^[a-z0-9-]+$/)
  })

  await t.test('two tabs and a terminal do not lose each other’s progress', async (t) => {
    const other = await page.context().newPage()
    await other.goto(`${app.url}/#/learn/progress`)
    const say = (tab: Page, lesson: number) =>
      tab.evaluate(
        `fetch('/lab/api/learn/progress/lessons/${lesson}', { method: 'POST', body: '{"done":true}', headers: { 'content-type': 'application/json' } }).then((answer) => answer.status)`,
      )
    const statuses = await Promise.all([say(page, 1), say(other, 2), say(page, 3), say(other, 4)])
    t.strictSame(statuses, [200, 200, 200, 200])
    t.strictSame(Object.keys((await progressOf(app)).lessons), ['1', '2', '3', '4', '5'])
    t.match((await learner.run([])).output, 'Lessons read: 1, 2, 3, 4, 5.')
    await other.close()
  })

  await t.test('progress survives a restart; it can be saved as a file, and cleared', async (t) => {
    await app.stop()
    app = await start()
    await page.goto(`${app.url}/#/learn/progress`)
    const figures = page.locator('.progress-figures')
    await figures.getByText(/^1 of \d+$/).waitFor()
    t.match(await figures.textContent(), /Lessons read1, 2, 3, 4, 5/)

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Save as a file' }).click(),
    ])
    const saved = JSON.parse(readFileSync(await download.path(), 'utf8')) as AllProgress
    t.match(saved, { lessons: { 1: { done: true } }, drills: {} })
    t.strictSame(
      saved.exercises.filter(({ state }) => state === 'solved').map(({ number }) => number),
      ['1.2'],
    )
    t.strictSame(await violations(page), [])

    await page.getByRole('button', { name: 'Clear it' }).click()
    await page.getByRole('button', { name: 'Forget it' }).click()
    await figures.getByText('none yet').waitFor()
    t.equal(learner.read(FILE), learner.read(SOLUTION), 'the file stays')
    t.strictSame((await progressOf(app)).lessons, {})
  })

  await t.test('at 390 px nothing is wider than the page, in the dark either', async (t) => {
    await page.setViewportSize({ width: 390, height: 800 })
    await page.emulateMedia({ colorScheme: 'dark' })
    for (const place of ['exercise/1.2', 'exercises', 'drills', 'drill/1', 'progress']) {
      await page.goto(`${app.url}/#/learn/${place}`)
      await page.locator('.practice .panel').first().waitFor()
      const width = await page.evaluate<number>('document.documentElement.scrollWidth')
      t.ok(width <= 390, `${place}: ${width}`)
      t.strictSame(await violations(page), [], place)
    }
  })

  await t.test('only the page may change something, and only what there is', async (t) => {
    const post = (path: string, headers: Record<string, string>) =>
      fetch(`${app.url}/lab/api/learn/${path}`, { method: 'POST', headers })
    t.equal((await post('exercises/1.2/reset', {})).status, 403, 'a program')
    t.equal((await post('exercises/1.2/reset', { origin: 'http://example.com' })).status, 403, 'another site')
    t.equal((await post('progress/clear', { origin: 'http://example.com' })).status, 403)
    t.equal((await post('exercises/1.99/hint', { origin: app.url })).status, 404)
    t.equal(learner.read(FILE), learner.read(SOLUTION))
  })

  t.strictSame(
    complaints.filter((text) => !/ERR_|Failed to load/.test(text)),
    [],
  )
})

async function progressOf({ url }: AppProcess): Promise<AllProgress> {
  return (await (await fetch(`${url}/lab/api/learn/progress`)).json()) as AllProgress
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const found = (await page.evaluate('axe.run().then((results) => results.violations)')) as {
    id: string
    nodes: { html: string; failureSummary: string }[]
  }[]
  return found.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`))
}
