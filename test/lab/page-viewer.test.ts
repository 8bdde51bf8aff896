import { readFile } from 'node:fs/promises'
import t from 'tap'
import type { SpanKeys, Traces } from '../../lab/wire.ts'
import { startApp } from '../../testkit/app-process.ts'
import { httpClient } from '../../testkit/http.ts'
import { needs } from '../../testkit/installed.ts'
import { waitFor } from '../../testkit/wait-for.ts'
import { goTo, openBrowser, openLab, send } from './browser.ts'

const MARKUP = '<img src=x onerror=window.ran=1>'

t.test('what one looks for in telemetry', needs('chromium'), async (t) => {
  const browser = await openBrowser(t)
  const app = await startApp(t)
  const { getJson } = httpClient(t)
  const { page, complaints } = await openLab(browser, app.url)
  const box = page.getByRole('combobox', { name: 'filter' })
  const rows = page.locator('.log-row')
  const names = page.locator('.trace-list tbody th')

  await t.test('one filter for lines and traces, completed, in the address', async (t) => {
    for (const path of ['/hello', '/slow', '/error']) await send(page, path)
    await goTo(page, 'Logs')
    await box.pressSequentially('stat')
    await page.locator('.proposals').getByRole('option', { name: 'status', exact: true }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    t.equal(await box.inputValue(), 'status=')
    await page.locator('.proposals').getByRole('option', { name: '500' }).click()
    t.equal(await box.inputValue(), 'status=500')
    await waitFor('only its lines', async () => (await rows.count()) > 0 && (await rows.count()) < 4)
    t.ok((await rows.allTextContents()).every((row) => row.includes('/error')))

    await box.fill('status>=')
    await page.getByText('status>= needs a value.').waitFor()
    await box.fill('http.route=/slow')
    await waitFor('the lines of /slow', async () =>
      (await rows.allTextContents()).every((row) => row.includes('/slow')),
    )
    await page.reload()
    t.equal(await box.inputValue(), 'http.route=/slow', 'the address has it')

    await goTo(page, 'Traces')
    await names.nth(2).waitFor()
    await box.fill('route=/error status>=500')
    await waitFor('the trace of /error', async () => (await names.allTextContents()).join() === 'GET /error')
    t.match(await page.evaluate('location.hash'), 'filter=route')
    await goTo(page, 'Logs')
    await waitFor('each view to have its own', async () => (await box.inputValue()) === 'http.route=/slow')
  })

  await t.test('the API finds traces by attributes, too', async (t) => {
    const api = `${app.url}/lab/api`
    const found = await getJson<Traces>(`${api}/traces?filter=${encodeURIComponent('http.route=/slow duration>1ms')}`)
    t.strictSame(
      found.body.traces.map(({ name }) => name),
      ['GET /slow'],
    )
    const { body } = await getJson<SpanKeys>(`${api}/span-keys`)
    t.match(
      body.keys.find(({ name }) => name === 'http.route'),
      { values: ['/hello', '/slow', '/error'] },
    )
    t.match(await getJson(`${api}/traces?filter=a%3D`), { status: 400, body: { detail: 'a= needs a value.' } })
    const [trace] = found.body.traces
    t.equal((await getJson<Traces>(`${api}/traces?to=${(trace?.start ?? 0) - 60_000}`)).body.traces.length, 0)
    t.equal((await getJson<Traces>(`${api}/traces?from=${Date.now() + 60_000}`)).body.traces.length, 0)
  })

  await t.test('one time window for lines, traces and charts, chosen or dragged on a chart', async (t) => {
    const time = page.locator('main label', { hasText: /^time/ }).locator('select')
    await goTo(page, 'Metrics')
    await time.selectOption('last minute')
    const chart = page.locator('.chart-rate .u-over')
    await chart.scrollIntoViewIfNeeded()
    const { x, y, width, height } = (await chart.boundingBox()) as NonNullable<
      Awaited<ReturnType<typeof chart.boundingBox>>
    >
    await page.mouse.move(x + width * 0.02, y + height / 2)
    await page.mouse.down()
    await page.mouse.move(x + width * 0.2, y + height / 2, { steps: 4 })
    await page.mouse.up()
    await waitFor('the window in the address', () => /from=.*&to=/.test(page.url()), { seen: () => page.url() })
    t.equal(await time.inputValue(), 'between')
    const dragged = new URLSearchParams(new URL(page.url()).hash.split('?')[1])
    const seconds = (Date.parse(dragged.get('to') ?? '') - Date.parse(dragged.get('from') ?? '')) / 1000
    t.ok(seconds > 5 && seconds < 20, `18 % of a minute: ${seconds} s`)

    await goTo(page, 'Logs')
    t.equal(await time.inputValue(), 'between', 'the window goes along')
    t.match(page.url(), `from=${encodeURIComponent(dragged.get('from') ?? '')}`)
    await page.evaluate("location.hash = '#/logs?from=2020-01-01T00:00:00.000Z&to=2020-01-02T00:00:00.000Z'")
    await page.getByText(/^0 lines of/).waitFor()
    await goTo(page, 'Traces')
    await waitFor('no traces of that day', async () => (await names.count()) === 0)
    await time.selectOption('last 5 minutes')
    await names.first().waitFor()
    t.match(page.url(), 'last=5m')
    await time.selectOption('all that is kept')
    t.notMatch(page.url(), 'last=')
  })

  await t.test('one button pauses everything, counts what arrives, and then shows it', async (t) => {
    await goTo(page, 'Logs')
    await waitFor('lines', async () => (await rows.count()) > 0)
    await page.getByRole('button', { name: 'Pause all views' }).click()
    const before = await rows.count()
    for (let i = 0; i < 3; i++) await fetch(`${app.url}/hello`)
    await page.locator('.pause', { hasText: '3 new lines, 3 traces' }).waitFor()
    await goTo(page, 'Traces')
    await box.fill('')
    await names.nth(2).waitFor()
    await box.fill('name="GET /hello"')
    await waitFor('what there was at the time of the pause', async () => (await names.count()) === 1)
    await goTo(page, 'Logs')
    t.equal(await rows.count(), before)
    await page.getByRole('button', { name: 'Resume all views' }).click()
    await waitFor('the new lines', async () => (await rows.count()) === before + 3)
    await goTo(page, 'Traces')
    await waitFor('the new traces', async () => (await names.count()) === 4)
  })

  await t.test('the waterfall has the critical path, and a mark for each log line that leads to it', async (t) => {
    await send(page, '/slow')
    const row = (name: string) => page.locator('.span-rows li', { hasText: name })
    await row('external_api_call').waitFor()
    t.equal(await row('external_api_call').locator('.path-segment').count(), 1)
    t.ok((await row('GET /slow').locator('.path-segment').count()) >= 1, 'the root itself, between its children')
    t.match(await row('database_query').getByRole('button').textContent(), /ms of the critical path/, 'in words too')

    const marks = page.locator('.line-marks .line-mark')
    t.equal(await marks.count(), await page.locator('.story-line').count(), 'a mark for each line')
    await marks.last().click()
    const focused = page.locator('.story-line:focus')
    t.match(await focused.textContent(), 'request completed', 'a click leads to the line')
    await page.locator('.line-mark.highlighted').waitFor()
  })

  await t.test('two requests are compared side by side', async (t) => {
    await page.getByLabel('ms', { exact: true }).fill('20')
    await send(page, '/slow')
    await page.getByRole('link', { name: 'Compare with another request' }).click()
    await page.locator('.compare-choice').getByRole('link', { name: 'GET /slow?ms=500' }).first().click()
    const spans = page.getByRole('region', { name: 'Spans compared' })
    const slept = spans.getByRole('row', { name: /external_api_call/ })
    t.match(await slept.textContent(), /\d+ ms\d+ ms\+\d+ ms/, 'durations and their difference')
    await page.getByRole('link', { name: 'Swap' }).click()
    await slept.getByText(/^−\d/).waitFor()
    await page.reload()
    await slept.getByText(/^−\d/).waitFor()
    await page.getByRole('link', { name: 'Another B' }).click()
    await page.locator('.compare-choice').getByRole('link', { name: 'GET /error' }).first().click()
    await spans.getByRole('row', { name: 'external_api_call' }).getByText('only in A').waitFor()
    await page.locator('.compare-lines', { hasText: 'status: 200 → 500' }).waitFor()
    t.ok((await page.locator('.compare-lines .only').count()) > 0, 'the line of the failure')
  })

  await t.test('an address leads to one span, and to one line', async (t) => {
    await send(page, '/slow')
    const name = page.getByTestId('span-details').locator('h4')
    await page.locator('.span-row', { hasText: 'database_query' }).click()
    await waitFor('the chosen span', async () => (await name.textContent()) === 'database_query')
    t.match(page.url(), /#\/request\/lab-.*\?span=[0-9a-f]{16}$/)
    await page.reload()
    await page.getByTestId('span-details').waitFor()
    t.equal(await name.textContent(), 'database_query')

    await goTo(page, 'Logs')
    await rows.filter({ hasText: '/slow' }).first().click()
    const json = page.locator('.log-details .json')
    const line = await json.textContent()
    t.match(page.url(), /line=\d+/)
    await page.reload()
    await json.waitFor()
    t.equal(await json.textContent(), line)
    await page.getByRole('button', { name: 'Close' }).click()
    t.notMatch(page.url(), 'line=')
  })

  await t.test('a story is saved as a file and opened again, also where the server has never seen it', async (t) => {
    await send(page, '/slow')
    const traceId = (await page.getByTestId('trace_id').textContent()) ?? ''
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save as a file' }).click(),
    ])
    t.match(download.suggestedFilename(), `GET-slow-${traceId.slice(0, 8)}.story.json`)
    const text = await readFile(await download.path(), 'utf8')
    t.match(JSON.parse(text).lines, [/request completed/])

    const other = (text.replaceAll(traceId, 'c'.repeat(32)) as string).replaceAll('external_api_call', MARKUP)
    const input = page.locator('.story-actions input[type=file]')
    await input.setInputFiles({ name: 'other.json', mimeType: 'application/json', buffer: Buffer.from(other) })
    await page.waitForURL(`**/#/file/${'c'.repeat(32)}`)
    await page.locator('.span-row', { hasText: 'ran=1' }).waitFor()
    t.equal(await page.locator('.story-line', { hasText: 'request completed' }).count(), 1)
    t.equal(await page.locator('main img').count(), 0, 'its content is text')
    t.equal(await page.evaluate('window.ran'), undefined)
    await page.reload()
    await page.locator('.span-row', { hasText: 'ran=1' }).waitFor()

    await page.getByRole('link', { name: 'Compare with another request' }).click()
    await page.locator('.compare-choice').getByRole('link', { name: 'GET /slow', exact: true }).first().click()
    await page.getByRole('row', { name: 'external_api_call' }).getByText('only in B').waitFor()

    const drop = `(text) => {
      const data = new DataTransfer()
      data.items.add(new File([text], 'bad.json', { type: 'application/json' }))
      for (const type of ['dragover', 'drop'])
        dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }))
    }`
    await page.evaluate(`(${drop})('{"lines": 7}')`)
    await page.getByRole('alert').getByText('bad.json: lines is not a list.').waitFor()
    await page.evaluate(`(${drop})(${JSON.stringify(text)})`)
    await page.waitForURL(`**/#/file/${traceId}`)
  })

  await t.test('the console has nothing but the status of /error', (t) => {
    t.match(complaints, [/status of 500/])
    t.equal(complaints.length, 1)
    t.end()
  })
})
