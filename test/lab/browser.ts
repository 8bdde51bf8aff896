import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import type { Test } from 'tap'
import { findProgram } from '../../testkit/installed.ts'

type TestContext = Pick<Test, 'teardown'>

/** Timeout in milliseconds for a browser on a busy machine. */
const PATIENCE = 60_000

/** Debian's chromium, headless. It is closed at the end of the test. */
export async function openBrowser(t: TestContext): Promise<Browser> {
  const executablePath = findProgram('chromium')
  const args = ['--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync']
  const browser = await chromium.launch({ ...(executablePath ? { executablePath } : {}), args, timeout: PATIENCE })
  t.teardown(() => browser.close())
  return browser
}

export interface LabPage {
  readonly page: Page
  /** Console errors and uncaught exceptions of the page. */
  readonly complaints: readonly string[]
}

/** Opens the Lab of an app in a fresh profile, and waits until it is live. */
export async function openLab(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<LabPage> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
    ...options,
  })
  context.setDefaultTimeout(PATIENCE)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  await page.goto(url)
  await page.locator('.connection.live').waitFor()
  return { page, complaints }
}

/** Presses the button of a tutorial endpoint and waits until the story of the request is complete. */
export async function send(page: Page, path: string): Promise<void> {
  await page.getByRole('button', { name: `Send GET ${path}`, exact: true }).click()
  await storyOf(page, `GET ${path}`)
}

/** Waits for the story whose title begins with `title`. */
export async function storyOf(page: Page, title: string): Promise<void> {
  await page.locator('#story-title', { hasText: title }).waitFor()
  await page.locator('.story-panels').waitFor()
}

/** Opens a view such as `Logs`. */
export async function goTo(page: Page, view: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: view }).click()
}
