import t from 'tap'
import { startApp } from '../../testkit/app-process.ts'
import { freePort } from '../../testkit/free-port.ts'
import { needs } from '../../testkit/installed.ts'
import { openBrowser, openLab, send, storyOf } from './browser.ts'

t.test('the page survives a restart of the server and shows it', needs('chromium'), async (t) => {
  const browser = await openBrowser(t)
  const port = String(await freePort())
  const first = await startApp(t, { args: ['--phase', '5', '--port', port] })
  const { page } = await openLab(browser, first.url)
  await send(page, '/hello')
  const firstId = await page.getByTestId('request_id').textContent()

  await first.stop()
  await page.getByText('The server does not answer.').waitFor()
  await page.locator('.connection.lost').waitFor()

  await startApp(t, { args: ['--phase', '3', '--port', port] })
  await page.getByText('The server was started again, now in phase 3.').waitFor()
  t.equal(await page.locator('.connection.live').count(), 1)
  t.match(
    await page.locator('.phases [aria-current="step"]').textContent(),
    /^3/,
    'the step of the new phase is marked',
  )
  t.equal(await page.getByTestId('request_id').textContent(), firstId, 'the story from before is still there')

  await page.getByRole('button', { name: 'OK', exact: true }).click()
  t.equal(await page.getByText('The server was started again').count(), 0, 'the notice can be put away')
  await send(page, '/slow')
  await storyOf(page, 'GET /slow')
  t.equal(await page.locator('.story-line', { hasText: 'request completed' }).count(), 1, 'and all goes on')
})
