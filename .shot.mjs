import { chromium } from 'playwright-core'
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--disable-gpu'] })
const shots = [
  ['path', 1440, 900, '', 'light'], ['lesson', 1440, 900, '#/learn/1', 'light'], ['try', 1440, 900, '#/learn/1#try-it', 'dark'], ['narrow', 390, 844, '#/learn/1#try-it', 'light'],
]
for (const [name, width, height, hash, colorScheme] of shots) {
  const c = await browser.newContext({ viewport: { width, height }, colorScheme, reducedMotion: 'reduce' })
  const page = await c.newPage()
  page.on('console', (m) => console.log(name, m.type(), m.text())); page.on('pageerror', (e) => console.log(name, String(e)))
  await page.goto('http://localhost:18086/' + hash)
  await page.locator('.connection.live').waitFor()
  await page.locator('.path-lessons, .lesson').first().waitFor({ timeout: 8000 }).catch((e) => console.log(name, 'nothing', page.url()))
  if (name === 'try') { await page.getByRole('button', { name: "Run curl 'localhost:8080/slow?ms=100'" }).first().click(); await page.locator('.output.own').first().waitFor(); await page.waitForTimeout(800) }
  console.log(name, page.url(), await page.evaluate('document.documentElement.scrollWidth'))
  await page.screenshot({ path: `/tmp/shot-${name}.png` })
  await c.close()
}
await browser.close()
