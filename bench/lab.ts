/**
 * `npm run bench:lab`: does the Lab's page stay responsive while the server answers 2,000 requests per second? A
 * headless chromium shows each view in turn. The bench counts frames longer than 100 ms, and compares the page's
 * memory at the beginning and at the end, after garbage collection.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import autocannon from 'autocannon'
import { type CDPSession, chromium, type Page } from 'playwright-core'
import { findProgram } from '../testkit/installed.ts'
import { markdownTable } from './markdown-table.ts'
import { positive } from './options.ts'
import { startServer } from './server.ts'
import { allSubjects, labName } from './subjects.ts'

const usage = `Usage: npm run bench:lab -- [options]

  --rate N       requests per second, default 2000
  --seconds N    how long each view is looked at, default 30
  --assert       exit code 1 when a frame took longer than 100 ms, or memory grew by more than half

It needs chromium: apt-get install chromium`

const main = fileURLToPath(new URL('../src/main.js', import.meta.url))
const VIEWS = ['Request', 'Logs', 'Metrics', 'Traces'] as const
/** A view needs this long to fill its bounded buffers. */
const SETTLING_MS = 5000

/** Counts in the page: the way to this process would distort the figures. */
const COUNT_FRAMES = `
  window.frames100 = []
  new PerformanceObserver((list) => {
    for (const { duration, scripts } of list.getEntries()) {
      if (duration > 100) window.frames100.push({ duration, script: scripts.reduce((sum, { duration }) => sum + duration, 0) })
    }
  }).observe({ type: 'long-animation-frame' })
`

interface Frame {
  /** Milliseconds, including waits for a core on a busy machine. */
  readonly duration: number
  /** Milliseconds in which the page's script ran. */
  readonly script: number
}

interface ViewResult {
  readonly view: string
  /** Frames above 100 ms. */
  readonly longFrames: readonly Frame[]
  readonly heapBefore: number
  readonly heapAfter: number
}

try {
  const { values } = parseArgs({
    options: {
      rate: { type: 'string', default: '2000' },
      seconds: { type: 'string', default: '30' },
      assert: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) console.log(usage)
  else await measure(positive('rate', values.rate), positive('seconds', values.seconds), values.assert)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function measure(rate: number, seconds: number, assert: boolean): Promise<void> {
  const executablePath = findProgram('chromium')
  const subject = allSubjects(main).find(({ name }) => name === labName)
  if (executablePath === undefined) throw new Error('chromium is not installed: apt-get install chromium')
  if (subject === undefined) throw new Error(`no subject is called ${labName}`)

  const folder = await mkdtemp(join(tmpdir(), 'bench-lab-'))
  const aborter = new AbortController()
  const server = await startServer({ subject, folder, env: {}, nodeArgs: [], signal: aborter.signal })
  const browser = await chromium.launch({ executablePath, args: ['--disable-gpu'] })
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    await page.addInitScript(COUNT_FRAMES)
    await page.goto(server.origin)
    await page.getByRole('button', { name: 'Send GET /slow', exact: true }).click()
    await page.locator('.story-panels').waitFor()

    const load = startLoad({
      url: server.origin,
      requests: [
        { path: '/hello' },
        { path: '/v1/courses?page_size=5' },
        { path: '/error?status=500' },
        { path: '/hello' },
      ],
      connections: 20,
      overallRate: rate,
      duration: VIEWS.length * (seconds + SETTLING_MS / 1000) + 30,
    })
    const results: ViewResult[] = []
    const devTools = await page.context().newCDPSession(page)
    for (const view of VIEWS) {
      console.error(`${view}, ${seconds} s`)
      results.push(await measureView(page, devTools, view, seconds))
    }
    load.stop()
    report(results, await load.requestsPerSecond, seconds, assert)
  } finally {
    await browser.close()
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

function startLoad(options: autocannon.Options): { stop(): void; requestsPerSecond: Promise<number> } {
  let stop = () => {}
  const requestsPerSecond = new Promise<number>((resolve, reject) => {
    const instance = autocannon(options, (error, result) => (error ? reject(error) : resolve(result.requests.average)))
    stop = () => instance.stop()
  })
  return { stop, requestsPerSecond }
}

async function measureView(page: Page, devTools: CDPSession, view: string, seconds: number): Promise<ViewResult> {
  await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: view }).click()
  await delay(SETTLING_MS)
  const heapBefore = await heapOf(devTools)
  await page.evaluate('window.frames100.length = 0') // garbage collection may have caused a long frame
  await delay(seconds * 1000)
  const longFrames = await page.evaluate<Frame[]>('window.frames100')
  return { view, longFrames, heapBefore, heapAfter: await heapOf(devTools) }
}

/** Bytes of live JavaScript objects. */
async function heapOf(devTools: CDPSession): Promise<number> {
  await devTools.send('HeapProfiler.collectGarbage')
  const { usedSize } = await devTools.send('Runtime.getHeapUsage')
  return usedSize
}

function report(results: readonly ViewResult[], rate: number, seconds: number, assert: boolean): void {
  const megabytes = (bytes: number) => (bytes / 1024 / 1024).toFixed(1)
  const rows = results.map(({ view, longFrames, heapBefore, heapAfter }) => [
    view,
    String(longFrames.length),
    Math.max(0, ...longFrames.map(({ duration }) => duration)).toFixed(0),
    Math.max(0, ...longFrames.map(({ script }) => script)).toFixed(0),
    megabytes(heapBefore),
    megabytes(heapAfter),
  ])
  console.log(
    markdownTable([
      ['view', 'frames over 100 ms', 'longest ms', 'of that script ms', 'MB before', 'MB after'],
      ...rows,
    ]),
  )
  console.log(`\n${Math.round(rate)} requests per second, ${seconds} s for each view.`)
  const missed = results.some(
    ({ longFrames, heapBefore, heapAfter }) => longFrames.length > 0 || heapAfter > heapBefore * 1.5,
  )
  if (missed && assert) process.exitCode = 1
}
