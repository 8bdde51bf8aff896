// Makes docs/lab.png, the first picture of the README: the Lab with the story of one request.
// It needs chromium (apt-get install chromium), and starts its own server with an empty database.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { chromium } from 'playwright-core'

process.chdir(join(import.meta.dirname, '..'))

const TARGET = 'docs/lab.png'
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'

const folder = mkdtempSync(join(tmpdir(), 'lab-screenshot-'))
const server = spawn(process.execPath, ['dist/tutor/start/main.js'], {
  env: {
    ...process.env,
    LAB: 'on',
    PORT: '8080',
    GRPC_PORT: '0',
    DATABASE_URL: 'memory:',
    LOG_FILE: join(folder, 'app.log'),
  },
  stdio: ['ignore', 'ignore', 'pipe'],
})
try {
  const url = await urlOf(server)
  const browser = await chromium.launch({ executablePath, args: ['--disable-gpu'] })
  await takeScreenshot(browser, url)
  await browser.close()
  process.stdout.write(`${TARGET} is new\n`)
} finally {
  server.kill()
  await once(server, 'exit')
  rmSync(folder, { recursive: true })
}

/** The server prints its URL on stderr when it listens. */
async function urlOf({ stderr }) {
  let printed = ''
  for await (const line of createInterface({ input: stderr })) {
    printed += `${line}\n`
    const [, url] = /Lab +(http:\S+)/.exec(line) ?? []
    if (url !== undefined) return url
  }
  throw new Error(`the server has ended:\n${printed}`)
}

async function takeScreenshot(browser, url) {
  const page = await browser.newPage({
    viewport: { width: 1280, height: 1010 },
    colorScheme: 'light',
    reducedMotion: 'reduce',
  })
  await page.goto(url)
  await page.getByRole('link', { name: 'Request', exact: true }).click()
  // A warm-up, so that the picture does not show a cold start.
  for (const path of ['/propagation', '/slow', '/propagation']) {
    await page.getByRole('button', { name: `Send GET ${path}`, exact: true }).click()
    await page.locator('#story-title', { hasText: `GET ${path}` }).waitFor()
    await page.locator('.exemplar').waitFor()
  }
  await page.locator('.span-row', { hasText: 'GET /hop' }).waitFor()
  await page.locator('.span-row', { hasText: 'GET /hop' }).hover()
  mkdirSync('docs', { recursive: true })
  await page.screenshot({ path: TARGET })
}
