import t from 'tap'
import { startApp } from '../../testkit/app-process.ts'
import { needs } from '../../testkit/installed.ts'
import { waitFor } from '../../testkit/wait-for.ts'
import { goTo, openBrowser, openLab, send, storyOf } from './browser.ts'

t.test('the story of a request', needs('chromium'), async (t) => {
  const browser = await openBrowser(t)
  const app = await startApp(t, { env: { LOG_LEVEL: 'debug' } })
  const { page } = await openLab(browser, app.url)
  const spans = page.locator('.span-row')
  const lines = page.locator('.story-line')

  await t.test('its log line, its exemplar and its span have the same trace id', async (t) => {
    await send(page, '/hello')
    const traceId = (await page.getByTestId('trace_id').textContent()) ?? ''
    t.match(traceId, /^[0-9a-f]{32}$/)
    t.equal(await page.getByTestId('exemplar-trace-id').textContent(), traceId, 'the exemplar')
    await lines.getByRole('button', { name: 'Raw JSON of: request completed' }).click()
    t.ok((await lines.locator('.json').textContent())?.includes(`"trace_id": "${traceId}"`), 'the log line')

    const logged = await app.waitForLogLine('its line', ({ trace_id }) => trace_id === traceId)
    const spanId = await spans.first().getAttribute('data-span')
    t.equal(spanId, logged.span_id, 'the span is the one in which the line was logged')
    const metrics = await (
      await fetch(`${app.url}/metrics`, { headers: { accept: 'application/openmetrics-text' } })
    ).text()
    t.ok(metrics.includes(`trace_id="${traceId}",span_id="${spanId}"`), 'and the one beside the bucket on /metrics')
  })

  await t.test('/slow: why it is slow, and which lines belong to which span', async (t) => {
    await page.getByLabel('ms', { exact: true }).fill('1000') // long enough that a pause of the machine cannot change the order
    await send(page, '/slow')
    await waitFor('the three spans', async () => (await spans.count()) === 3)
    const finding = await page.locator('.finding').textContent()
    t.match(finding, /It took \d[.\d]* s: \d+ ms \(\d+ %\) in external_api_call and \d+ ms \(\d+ %\) in database_query/)

    const step = spans.filter({ hasText: 'external_api_call' })
    const stepId = await step.getAttribute('data-span')
    await step.hover()
    const highlighted = page.locator('.story-line.highlighted')
    await highlighted.first().waitFor()
    const all = await highlighted.evaluateAll((elements) =>
      elements.map((element) => element.getAttribute('data-span')),
    )
    t.ok(all.length > 0 && all.every((id) => id === stepId), 'pointing at a span highlights its lines, and no other')
    t.ok((await lines.count()) > all.length)

    await lines.filter({ hasText: 'request completed' }).hover()
    await page.locator('.span-row.highlighted', { hasText: 'GET /slow' }).waitFor()
    t.equal(await page.locator('.span-row.highlighted').count(), 1, 'pointing at a line highlights its span')
  })

  await t.test('/error: where it failed, with the exception', async (t) => {
    await page.getByLabel('status', { exact: true }).first().fill('503')
    await send(page, '/error')
    t.match(await page.locator('.finding .failure').textContent(), /^It failed in GET \/error .*with status 503/)
    t.equal(await page.locator('.story-title .badge').textContent(), '503')
    await page.locator('.span-row.failed').waitFor()
    t.match(await page.getByTestId('span-details').textContent(), /Event exception.*exception\.stacktrace/)
    await lines.locator('.error-of-line summary').click()
    t.match(await lines.locator('.error-of-line pre').textContent(), /endpoints\/error/, 'the stack is in the log line')
  })

  await t.test('/propagation: spans and lines of two processes, with arrows for propagated context', async (t) => {
    await send(page, '/propagation')
    await spans.filter({ hasText: 'partner' }).first().waitFor()
    await waitFor('an arrow to each hop', async () => (await page.locator('.arrow').count()) === 2)
    const hop = spans.filter({ hasText: 'GET /hop' })
    t.match(await hop.textContent(), /partner/)
    t.equal(await page.locator('.arrow').first().getAttribute('data-to'), await hop.getAttribute('data-span'))
    await lines.filter({ hasText: 'partner' }).first().waitFor()
    await page.getByText('Answer', { exact: true }).click()
    t.match(await page.locator('.answer .json').textContent(), /"baggage": "tenant=acme"/, 'baggage was passed on')
  })

  await t.test('a booking journey: four requests, a story each', async (t) => {
    await page.getByRole('button', { name: 'Book' }).click()
    const steps = page.locator('.journey a')
    await waitFor('the last answer', async () => (await steps.locator('.badge').count()) === 4)
    t.strictSame(await steps.allTextContents(), ['list 200', 'create 201', 'reserve 200', 'complete 200'])
    await steps.nth(2).click()
    await storyOf(page, ':reserve')
    await spans.filter({ hasText: 'UPDATE' }).first().waitFor()
    t.match(await page.locator('.story-metrics').textContent(), /booking_status_total\{status="reserved"\}/)
  })

  await t.test('the curl command sends the same request', async (t) => {
    await page.getByLabel('ms', { exact: true }).fill('20')
    await send(page, '/slow')
    const command = await page.locator('.ids code').textContent()
    t.equal(command, `curl '${app.url}/slow?ms=20'`)
  })

  await t.test('a request of another client is found in the traces', async (t) => {
    await fetch(`${app.url}/v1/courses?page_size=1`)
    await goTo(page, 'Traces')
    await page.getByRole('combobox', { name: 'filter' }).fill('name="get /v1/courses"')
    await page.getByRole('link', { name: 'GET /v1/courses', exact: true }).first().click()
    await storyOf(page, 'GET /v1/courses')
    t.match(await page.locator('.story-metrics').textContent(), /has not sent the request/)
  })
})
