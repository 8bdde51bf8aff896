import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import t from 'tap'
import type { Explanation, ParsedQuery } from '../../lab/wire.ts'
import { startApp } from '../../testkit/app-process.ts'
import { needs } from '../../testkit/installed.ts'
import { scrape } from '../../testkit/scrape.ts'
import { waitFor } from '../../testkit/wait-for.ts'
import { goTo, openBrowser, openLab, storyOf } from './browser.ts'

const RATE = 'sum by (route) (rate(http_server_request_count_total[1m]))'
const COMPLETED = '{service="course-app"} |= "request completed"'

t.test('Ask: queries in PromQL and LogQL, and how their results come about', needs('chromium'), async (t) => {
  const browser = await openBrowser(t)
  const rules = join(t.testdir({}), 'test.rules.yml')
  await writeFile(rules, rulesWith('up == 1'))
  const app = await startApp(t, { env: { LAB_RULES: rules } })
  const { page, complaints } = await openLab(browser, app.url)
  const editor = page.getByRole('textbox', { name: 'PromQL query' })
  const logEditor = page.getByRole('textbox', { name: 'LogQL query' })
  const run = page.getByRole('button', { name: 'Run', exact: true })

  await t.test('the editor is loaded when the view is opened, and not before', async (t) => {
    const loaded = () =>
      page.evaluate<number>('performance.getEntriesByType("resource").filter(({ name }) => /ask/.test(name)).length')
    t.equal(await loaded(), 0)
    await goTo(page, 'Ask')
    await editor.waitFor()
    t.equal(await loaded(), 2, 'a script and a style sheet')
  })

  for (let i = 0; i < 20; i++)
    await Promise.all(['/hello', '/slow?ms=300', '/error'].map((path) => fetch(app.url + path)))

  await t.test('names are completed, with what the metric is', async (t) => {
    await editor.click()
    await page.keyboard.type('sum by (route) (rate(http_server_request_co')
    const first = page.locator('.cm-tooltip-autocomplete li').first()
    await waitFor(
      'the counter',
      async () => (await first.textContent())?.startsWith('http_server_request_count_total') === true,
    )
    t.match(await first.textContent(), /counter$/)
    await page.locator('.cm-completionInfo', { hasText: 'HTTP requests that have been answered' }).waitFor()
    const isTaken = async () => {
      if ((await editor.textContent())?.includes('count_total')) return true
      await page.keyboard.press('Enter') // ignored for a moment after the list has opened
      return false
    }
    await waitFor('the name', isTaken, { interval: 200 })
  })

  await t.test('a mistake is named with its position while one types', async (t) => {
    await page.locator('.editor-hint.failure').waitFor()
    const { error } = await getJson<ParsedQuery>(
      `${app.url}/lab/api/parse?${new URLSearchParams({ query: (await editor.textContent()) ?? '' })}`,
    )
    t.equal(await page.locator('.editor-hint').textContent(), error?.message, 'in the words of the server')
    t.match(error?.message, /^1:22: parse error: expected type range vector in call to function "rate"/)
    t.equal(await page.locator('.cm-lintRange-error').textContent(), 'http_server_request_count_total')
    await page.keyboard.type('[1m')
    await waitFor('no mistake', async () => (await page.locator('.editor-hint.failure').count()) === 0)
    t.equal(await editor.textContent(), RATE)
  })

  await t.test('pointing at a metric or a function tells what it is, and so does the cursor', async (t) => {
    const tooltip = page.locator('.query-tooltip')
    await editor.locator('.tok-variableName', { hasText: 'http_server_request_count_total' }).hover()
    await tooltip.filter({ hasText: 'http_server_request_count_total: counter' }).waitFor()
    t.match(await tooltip.textContent(), /HTTP requests that have been answered/)
    await page.keyboard.press('Home')
    await page.locator('.editor-hint', { hasText: 'Calculate sum over dimensions' }).waitFor()
  })

  await t.test('Enter runs the query: a graph, and the same in numbers', async (t) => {
    await page.keyboard.press('End')
    await page.keyboard.press('Enter')
    await page.locator('.result-graph canvas').waitFor()
    await waitFor('a series for each route', async () => (await rows(page)).length >= 3)
    t.match((await rows(page)).join(), /"\/error".*"\/hello".*"\/slow"/)
    const address = new URL(page.url())
    t.match(address.hash, /^#\/ask\?/)
    t.equal(new URLSearchParams(address.hash.split('?')[1]).get('query'), RATE, 'the query is in the address')
  })

  await t.test('at an instant, a table has the value that the API gives', async (t) => {
    await page.getByLabel('over').selectOption('now')
    await fill(page, 'http_server_request_count_total{route="/slow"}')
    await run.click()
    const value = page.locator('.result-table tbody td')
    await waitFor('its value', async () => (await value.allTextContents()).join() === '20')
    t.equal(await page.locator('.result-graph').count(), 0)
    await fill(page, 'http_server_request_count_total{route="/slow"}[20s]')
    await run.click()
    await page.locator('.samples summary', { hasText: 'samples' }).click()
    t.match(
      await page.locator('.samples li').last().textContent(),
      /^\d\d:\d\d:\d\d\.\d{3} 20$/,
      'samples have their times',
    )
  })

  await t.test('warnings of the engine are shown, and what cannot be answered', async (t) => {
    await fill(page, 'quantile(2, rate(http_server_requests_active[1m]))')
    await run.click()
    await page.locator('.remark.warn', { hasText: 'quantile value should be between 0 and 1, got 2 (1:10)' }).waitFor()
    await page.locator('.remark', { hasText: 'metric might not be a counter' }).waitFor()
    await fill(page, 'up + on () group_left () http_server_request_count_total')
    await run.click()
    await page.getByRole('alert').filter({ hasText: 'found duplicate series for the match group {}' }).waitFor()
    await fill(page, 'sum(')
    await run.click()
    await page.getByRole('alert').filter({ hasText: 'parse error' }).waitFor()
    t.match(await page.locator('.query-problem').textContent(), /^1:5: parse error: unclosed left parenthesis/)
  })

  await t.test('Explain shows each part with its own numbers', async (t) => {
    await fill(page, 'sum by (route) (rate(http_server_request_count_total{route="/slow"}[1m])) * 2')
    await page.getByRole('button', { name: 'Explain' }).first().click()
    const parts = page.locator('.part-box')
    await waitFor('four parts', async () => (await parts.count()) === 4)
    const texts = await parts.locator('.part-text').allTextContents()
    t.strictSame(texts, [
      'sum by (route) (rate(http_server_request_count_total{route="/slow"}[1m])) * 2',
      'sum by (route) (rate(http_server_request_count_total{route="/slow"}[1m]))',
      'rate(http_server_request_count_total{route="/slow"}[1m])',
      'http_server_request_count_total{route="/slow"}[1m]',
    ])
    const values = await Promise.all([0, 1, 2].map(async (i) => Number(await parts.nth(i).locator('td').textContent())))
    const [whole = 0, sum = 0, rate] = values
    t.ok(sum > 0 && sum === rate, 'the sum of one series is its rate')
    t.ok(Math.abs(whole - 2 * sum) < 1e-4, `${whole} is twice ${sum}`)
    t.match(
      await parts.nth(2).textContent(),
      /Computes the per-second rate of each counter over 1m\. Counter resets are handled\./,
    )
    t.match(await parts.nth(3).textContent(), /range vector1 series\d+ samples/)
    t.match(await parts.nth(3).locator('.samples summary').textContent(), /→.* 20$/)
  })

  await t.test('all of a part can be shown', async (t) => {
    await fill(page, 'count(http_server_request_duration_seconds_bucket)')
    await page.getByRole('button', { name: 'Explain' }).first().click()
    const inner = page.locator('.part-box', { hasText: 'Takes the newest sample' })
    await inner.getByRole('button', { name: /^Show all \d+ series/ }).click()
    const counted = Number(await page.locator('.part-box').first().locator('td').textContent())
    await waitFor(`${counted} rows`, async () => (await inner.locator('tbody tr').count()) === Math.min(100, counted))
    t.ok(counted > 5, 'more than at first')
  })

  await t.test('LogQL: labels and values are completed, lines lead to their request', async (t) => {
    await page.getByRole('radio', { name: /^LogQL/ }).check()
    await logEditor.click()
    const options = page.locator('.cm-tooltip-autocomplete li')
    const complete = async (typed: string, option: string) => {
      await page.keyboard.type(typed)
      await options.filter({ hasText: option }).first().click()
    }
    await complete('{ser', 'service')
    await complete('="cou', 'course-app')
    await page.keyboard.press('End')
    await complete(' |= "request completed" | js', 'json')
    await complete(' | lat', 'latency')
    await page.keyboard.type(' >= 300')
    t.equal(await logEditor.textContent(), `${COMPLETED} | json | latency >= 300`)
    await page.getByLabel('over').selectOption('5m')
    await run.click()
    const lines = page.locator('.found-line')
    await waitFor('the slow requests', async () => {
      const texts = await lines.allTextContents()
      return texts.length >= 20 && texts.every((text) => /GET \/slow/.test(text))
    })
    await lines.first().getByTitle('Show its request').click()
    await storyOf(page, 'GET /slow')
  })

  await t.test('Explain counts the lines of each stage', async (t) => {
    const query = `sum by (route) (count_over_time(${COMPLETED} | json | status = 500 [5m]))`
    await ask(page, { language: 'logql', query, over: 'now', show: 'explain' })
    const stages = page.locator('.stage')
    await waitFor('four stages', async () => (await stages.count()) === 4)
    const counts = (await stages.locator('.stage-counts').allTextContents()).map((text) =>
      (text.match(/\d+/g) ?? []).map(Number),
    )
    const [selected, filtered, parsed, failed] = counts as [number[], number[], number[], number[]]
    t.equal(selected[1], filtered[0], 'what one lets pass the next is given')
    t.equal(filtered[1], parsed[0])
    const counted = (await scrape(`${app.url}/metrics`)).total('http_server_request_count_total', { status: '500' })
    t.strictSame(failed, [parsed[1], counted], 'as many as the counter has')
    t.match(await stages.nth(2).textContent(), /new: route="/, 'json adds labels to the example')
    const first = page.locator('.part-box').first()
    t.strictSame(await first.locator('tbody th, tbody td').allTextContents(), ['{route="/error"}', String(counted)])
  })

  await t.test('a link leads to a query, and the history to earlier ones', async (t) => {
    await ask(page, { language: 'promql', query: 'up', over: '1m' })
    await waitFor('the app is up', async () => /up\{.*job="course-app".*\}/.test((await rows(page)).join()))
    t.equal(await editor.textContent(), 'up')
    t.equal(await page.getByLabel('over').inputValue(), '1m')
    await page.reload()
    await waitFor('again after a reload', async () => /job="course-app"/.test((await rows(page)).join()))
    await page.getByText(/^History \(\d+\)/).click()
    await page.locator('.query-choice', { hasText: RATE }).last().click()
    await waitFor('the earlier query', async () => (await editor.textContent()) === RATE)
    await waitFor('its result', async () => (await rows(page)).length >= 3)
    await page.goBack()
    await waitFor('the one before', async () => (await editor.textContent()) === 'up')
  })

  await t.test('examples suit the phase, and run', async (t) => {
    await fill(page, '')
    await page.getByText('Examples', { exact: true }).click()
    const example = page.getByRole('button', { name: /^Within which time are 95 of 100 requests answered/ })
    await example.click()
    await page.locator('.result-graph canvas').waitFor()
    await page.locator('.result-graph .exemplar-list a').first().waitFor()
    t.ok((await page.locator('.exemplar-dot').count()) > 0, 'with exemplars, which lead to traces')
  })

  await t.test('it refreshes by itself when it is asked to', async (t) => {
    await ask(page, { language: 'promql', query: 'http_server_request_count_total{route="/hello"}', over: 'now' })
    const value = page.locator('.result-table tbody td')
    await waitFor('the value', async () => (await value.allTextContents()).join() === '20')
    await page.getByLabel('every 5 s').check()
    await fetch(`${app.url}/hello`)
    await waitFor('the next value', async () => (await value.allTextContents()).join() === '21')
    t.match(page.url(), /query=http_server_request_count_total/)
    await page.getByLabel('every 5 s').uncheck()
  })

  await t.test('a chart leads to its query', async (t) => {
    await goTo(page, 'Metrics')
    const card = page.locator('.chart-rate')
    const promql = await card.locator('.queries code').textContent()
    await card.getByRole('link', { name: /^Ask this/ }).click()
    await waitFor('the query of the chart', async () => (await editor.textContent()) === promql)
    await page.locator('.result-graph canvas').waitFor()
    await goTo(page, 'Metrics')
    const charts = await page.locator('.chart').count()
    t.equal(
      await page.locator('.chart', { has: page.getByRole('link', { name: /^Ask this/ }) }).count(),
      charts,
      'as each chart does',
    )
  })

  await t.test('rules and alerts are shown as they are now, and what is wrong with their file', async (t) => {
    await goTo(page, 'Ask')
    const panel = page.getByRole('region', { name: /^Rules and alerts/ })
    await panel.locator('.alert', { hasText: 'The app is up.' }).waitFor()
    t.match(await panel.getByRole('status').textContent(), '1 alert rule, 1 firing, 0 pending; 1 recording rule')
    t.match(
      await panel.locator('.alert').textContent(),
      /^firing since \d\d:\d\d:.*, value 1 \{.*severity="page"\}summaryThe app is up\.$/,
    )
    await panel.getByRole('link', { name: /^Ask it\b.*app:up:sum/ }).click()
    await waitFor('what was recorded', async () => (await rows(page)).join().includes('app:up:sum'))

    await writeFile(rules, rulesWith('up =='))
    await panel.locator('.rule-problem', { hasText: 'parse error' }).waitFor()
    t.equal(await panel.locator('.alert').count(), 1, 'the last rules that were right go on')
    await writeFile(rules, rulesWith('up == 0'))
    await panel.locator('.badge', { hasText: 'inactive' }).waitFor()
    t.equal(await panel.locator('.rule-problem, .alert').count(), 0)
  })

  await t.test('Tab leaves the editor, and Shift-Enter begins a line', async (t) => {
    await goTo(page, 'Ask')
    await fill(page, 'up')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Shift+Enter')
    t.equal(await page.locator('.cm-line').count(), 2)
    await page.keyboard.press('Tab')
    t.equal(await page.evaluate('document.activeElement.textContent'), 'Run')
  })

  await t.test('explanations are served to other clients, by GET and by POST', async (t) => {
    const query = 'rate(up[10s])'
    const got = await getJson<Explanation>(`${app.url}/lab/api/explain?${new URLSearchParams({ query })}`)
    t.equal(got.root.operands[0]?.type, 'range vector')
    t.match(got.infos, [/metric might not be a counter/])
    const post = await fetch(`${app.url}/lab/api/explain`, {
      method: 'POST',
      body: new URLSearchParams({ language: 'logql', query: COMPLETED }),
    })
    t.equal(((await post.json()) as Explanation).root.stages.length, 2)
    const bad = await fetch(`${app.url}/lab/api/explain?query=sum(`)
    t.equal(bad.status, 400)
    t.match(await bad.json(), { detail: '1:5: parse error: unclosed left parenthesis' })
    const costly = await fetch(
      `${app.url}/lab/api/explain?${new URLSearchParams({ query: 'sum_over_time((count({__name__!=""}))[15m:1ms])' })}`,
    )
    t.match([422, 503].includes(costly.status), true, 'what costs too much is refused')
  })

  const others = complaints.filter((text) => !/status of 422/.test(text)) // a query that fails
  t.strictSame(others, [], 'nothing to complain about in the console')
})

function rulesWith(expression: string): string {
  return `groups:
  - name: test
    interval: 1s
    rules:
      - record: app:up:sum
        expr: sum(up)
      - alert: AppUp
        expr: ${expression}
        labels: { severity: page }
        annotations: { summary: The app is up. }
`
}

/** The names of the series in the table of results. */
function rows(page: Page): Promise<string[]> {
  return page.locator('.result-table tbody th').allTextContents()
}

/** Puts a query in place of what is in the editor. */
async function fill(page: Page, query: string): Promise<void> {
  await page.locator('.cm-content').focus()
  await page.keyboard.press('Control+a')
  if (query === '') await page.keyboard.press('Delete')
  else await page.keyboard.insertText(query)
  await page.keyboard.press('Escape')
}

/** Opens the address of a query. */
async function ask(page: Page, question: Readonly<Record<string, string>>): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(`#/ask?${new URLSearchParams(question)}`)}`)
}

async function getJson<T>(url: string): Promise<T> {
  return (await (await fetch(url)).json()) as T
}
