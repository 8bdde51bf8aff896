import t from 'tap'
import { startApp } from '../../testkit/app-process.ts'
import { needs } from '../../testkit/installed.ts'
import { goTo, openBrowser, openLab, storyOf } from './browser.ts'

const MARKUP = '<img src=x onerror="window.ran=1"><script>window.ran=1</script><b>bold</b>'

t.test('caller input is shown as text', needs('chromium'), async (t) => {
  const browser = await openBrowser(t)
  const app = await startApp(t)
  const { page, complaints } = await openLab(browser, app.url)

  // A course name, a path in a log line, and the same path in a span's attribute.
  await fetch(`${app.url}/v1/courses`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ slug: 'markup', name: MARKUP, published_at: '2025-01-06T09:00:00.000Z' }),
  })
  await fetch(`${app.url}/${encodeURIComponent(MARKUP)}`, { headers: { 'x-request-id': 'markup-1' } })

  await page.getByRole('button', { name: 'Book' }).click()
  await storyOf(page, ':complete')
  await page.locator('.journey a', { hasText: 'list' }).click()
  await storyOf(page, '/v1/courses')
  await page.getByText('Answer', { exact: true }).click()
  t.ok((await page.locator('.answer .json').textContent())?.includes(JSON.stringify(MARKUP)), 'the name of a course')

  await goTo(page, 'Logs')
  await page.getByRole('combobox', { name: 'filter' }).fill('request_id=markup-1')
  const row = page.locator('.log-row', { hasText: 'request completed' })
  await row.click()
  t.ok((await page.locator('.log-details .json').textContent())?.includes('onerror'), 'a log line')
  await page.getByRole('link', { name: 'Its request', exact: true }).click()
  await page.getByTestId('span-details').waitFor()
  t.ok((await page.getByTestId('span-details').textContent())?.includes('onerror'), 'an attribute of a span')

  t.equal(await page.locator('main img, main b, main script').count(), 0, 'none of it became an element')
  t.equal(await page.evaluate('window.ran'), undefined, 'nothing of it ran')
  t.strictSame(
    complaints.filter((text) => /Content Security Policy/.test(text)),
    [],
    'and nothing had to be stopped',
  )
})
