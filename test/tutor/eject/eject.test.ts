import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { type AppProcess, startApp } from '../../../testkit/app-process.ts'
import { startJaegerReceiver } from '../../../testkit/jaeger-receiver.ts'
import { parseLogLines } from '../../../testkit/log-file.ts'
import { startOtlpReceiver } from '../../../testkit/otlp-receiver.ts'
import { needsPostgres, postgresUrl } from '../../../testkit/postgres-server.ts'
import { OPENMETRICS, scrape } from '../../../testkit/scrape.ts'
import type { SpanReceiver } from '../../../testkit/span-receiver.ts'
import { blankService } from './blank-service.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const eject = join(root, 'dist/tutor/eject/main.js')
const tsc = join(root, 'node_modules/typescript/bin/tsc')

const file = t
t.jobs = 4
t.setTimeout(180_000)

for (const phase of [1, 2, 3, 4, 5]) {
  for (const type of ['module', 'commonjs'] as const) {
    const title = `phase ${phase} in a service of its own, ${type === 'module' ? 'ES modules' : 'CommonJS'}`
    t.test(title, { buffered: true, timeout: 120_000, ...needsPostgres() }, (t) => tryOut(t, phase, type))
  }
}

/** A service is written, a phase is written into it, it is compiled and started, and looked at from outside. */
async function tryOut(t: Test, phase: number, type: 'module' | 'commonjs'): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'a shop '))
  t.teardown(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }))
  // Phase 3's imports name `.ts` files, as a compiler with this option takes them.
  const service = blankService('@acme/tea.shop', type, phase === 3 ? { rewriteRelativeImportExtensions: true } : {})
  writeFiles(folder, service.files)
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))

  const printed = await run(folder, eject, [String(phase), '.'])
  t.match(printed, { code: 0, stderr: '' }, 'npm run eject')
  t.same(readFiles(folder, Object.keys(service.files)), service.files, 'it touches nothing of the service')
  t.same(notForAdopters(folder), [])
  writeFiles(folder, service.wired(linesIn(printed.stdout)))
  t.match(await run(folder, tsc, ['-p', '.']), { code: 0, stdout: '' }, 'it compiles')

  const databaseUrl = await postgresUrl(file) // the server is for all tests
  const test = await run(folder, '--test', ['dist/app.test.js'], { DATABASE_URL: databaseUrl, ...UNREACHABLE })
  t.equal(test.code, 0, "the service's own test passes", { printed: test.stdout })

  const receiver = phase === 4 ? await startJaegerReceiver(t) : await startOtlpReceiver(t)
  const app = await startApp(t, {
    script: join(folder, 'dist/main.js'),
    env: {
      DATABASE_URL: databaseUrl,
      LOG_LEVEL: 'debug',
      LOG_FILE: undefined,
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint,
      OTEL_EXPORTER_JAEGER_ENDPOINT: receiver.endpoint,
    },
  })
  await lookAt(t, app, receiver, phase)
  t.equal(app.stderr().trim(), app.url, 'it writes nothing else to stderr')
}

const UNREACHABLE = {
  OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
  OTEL_EXPORTER_JAEGER_ENDPOINT: 'http://127.0.0.1:1/api/traces',
}

async function lookAt(t: Test, app: AppProcess, receiver: SpanReceiver<never>, phase: number): Promise<void> {
  const traceId = randomBytes(16).toString('hex')
  const callerId = randomBytes(8).toString('hex')
  const traceparent = `00-${traceId}-${callerId}-01`
  const first = await order(app, 'green tea', { traceparent })
  t.equal(first.status, 201)
  t.equal((await fetch(`${app.url}/broken`)).status, 500)
  if (phase >= 4) await receiver.waitForTrace(traceId, { spans: 3 })
  const metrics = phase >= 3 ? await scrape(`${app.url}/metrics`, OPENMETRICS) : undefined

  // The last request is answered just before the end: its lines and its spans have not left yet.
  const last = await order(app, 'black tea', { traceparent })
  t.equal(last.status, 201)
  t.match(await app.stop('SIGTERM'), { code: 0, signal: null })

  const lines = parseLogLines(app.stdout())
  t.match(lines.at(0), { service: 'tea-shop' })
  t.same(
    lines.filter(({ message }) => message === 'step completed').map(({ step }) => step),
    ['place_order', 'place_order'],
  )
  t.match(
    lines.filter(({ message }) => message === 'request failed'),
    [{ level: 'error', err: { message: 'the shelf is empty', stack: /app\.[jt]s/ } }],
  )
  const received = lines.filter(({ message }) => message === 'order received')
  t.match(received, [{ item: 'green tea' }, { item: 'black tea' }])
  if (phase === 1) t.ok(received.every(({ reqId }) => typeof reqId === 'string'))

  if (phase >= 2) {
    for (const response of [first, last]) {
      const request_id = response.headers.get('x-request-id') as string
      t.match(request_id, /^[\w-]{36}$/)
      const own = lines.filter((line) => line.request_id === request_id)
      const messages = own.map(({ message }) => message)
      t.same(messages, ['request started', 'order received', 'query completed', 'step completed', 'request completed'])
      t.match(own.at(-1), { method: 'POST', route: '/orders', status: 201 })
      if (phase === 5) t.ok(own.every(({ trace_id }) => trace_id === traceId))
    }
  }

  if (metrics) {
    t.equal(metrics.value('shop_orders_total'), 1, "the service's own counter")
    const ofOrders = { method: 'POST', route: '/orders', status: '201' }
    t.equal(metrics.value('http_server_request_count_total', ofOrders), 1)
    const ofInserts = { operation: 'INSERT', table: 'orders', outcome: 'ok' }
    t.equal(metrics.value('db_client_operation_duration_seconds_count', ofInserts), 1)
    const exemplars = metrics
      .samples('http_server_request_duration_seconds_bucket', ofOrders)
      .flatMap(({ exemplar }) => exemplar?.labels.trace_id ?? [])
    t.same(exemplars, phase === 5 ? [traceId] : [])
  }

  if (phase < 4) {
    t.equal(receiver.requests, 0)
    return
  }
  const spans = receiver.received.all.filter((span) => span.traceId === traceId)
  t.equal(spans.length, 6, 'no span is lost at the end')
  const servers = spans.filter(({ kind }) => kind === 'server')
  t.match(
    servers,
    [1, 2].map(() => ({ name: 'POST /orders', service: 'tea-shop', parentSpanId: callerId })),
  )
  for (const { spanId } of servers) {
    const steps = spans.filter(({ parentSpanId }) => parentSpanId === spanId)
    t.match(steps, [{ name: 'place_order', kind: 'internal' }])
    const queries = spans.filter(({ parentSpanId }) => parentSpanId === steps[0]?.spanId)
    t.match(queries, [{ name: 'INSERT orders', kind: 'client', attributes: { 'db.namespace': 'shop' } }])
  }
  const attributes = new Set(spans.flatMap((span) => Object.keys(span.attributes)))
  t.ok(attributes.has('tea_shop.item'), "the service's own attributes have its name")
  t.notMatch([...attributes].join(), 'course')
}

function order(app: AppProcess, item: string, headers: Record<string, string>): Promise<Response> {
  const body = JSON.stringify({ item })
  return fetch(`${app.url}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close', ...headers },
    body,
  })
}

/** Of the files that were written, those that only the course needs. */
function notForAdopters(folder: string): string[] {
  const written = readdirSync(join(folder, 'src/observability'), { recursive: true, encoding: 'utf8' })
  return written.filter((name) => /exercises|solutions|demos|booking|lab|README|tsconfig/i.test(name))
}

/** The six lines that it prints. */
function linesIn(printed: string): string[] {
  const [, after = ''] = printed.split('Where you create the app')
  return [...after.matchAll(/^ {2}(\S.*)$/gm)].map(([, line]) => line as string)
}

function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
}

function readFiles(folder: string, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]))
}

interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs Node in the folder. */
function run(cwd: string, script: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const { PATH, HOME } = process.env
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], { cwd, env: { PATH, HOME, ...env } }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? -1) : 0, stdout, stderr })
    })
  })
}
