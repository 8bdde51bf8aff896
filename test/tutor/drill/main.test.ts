import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { isRunning } from '../../../testkit/is-running.ts'
import { waitFor } from '../../../testkit/wait-for.ts'
import { incidents } from '../../../tutor/drill/incidents.ts'
import { childrenOf } from '../../partner/child-processes.ts'
import { startDrill } from './drill-process.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const script = fileURLToPath(new URL('../../../tutor/drill/main.js', import.meta.url))

// A drill mostly waits.
t.jobs = 3

interface Run {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs `npm run drill` with arguments that end it at once. */
function run(t: Test, ...args: string[]): Promise<Run> {
  return runIn(t.testdir(), ...args)
}

function runIn(cwd: string, ...args: string[]): Promise<Run> {
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], { cwd }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    )
  })
}

t.test('--list names every incident and no fault', async (t) => {
  const { code, stdout } = await run(t, '--list')
  t.equal(code, 0)
  for (const { id, title } of incidents) t.ok(stdout.includes(`  ${id}  ${title}\n`))
  for (const { name, title, report } of incidents) {
    t.notMatch(`${title} ${report}`, new RegExp(name.replaceAll('-', '.?'), 'i'), name)
  }
  t.ok(incidents.length >= 8)
  t.equal(new Set(incidents.flatMap(({ id, name }) => [id, name])).size, 2 * incidents.length)
})

t.test('invalid arguments get a clear message', async (t) => {
  for (const [args, complaint] of [
    [['11'], /There is no incident 11\. There are 1 to 10: npm run drill -- --list/],
    [['1', '2'], /One incident at a time, not 1 and 2\./],
    [['--calm', '0'], /--calm 0 does not work: it takes a whole number from 1 to 600\./],
    [['--port', 'x'], /--port x does not work/],
    [['--loud'], /Unknown option '--loud'/],
  ] as const) {
    const { code, stdout, stderr } = await run(t, ...args)
    t.match({ code, stdout, stderr }, { code: 1, stdout: '', stderr: complaint })
    t.match(stderr, /Usage: npm run drill/)
  }
})

t.test('a port in use ends it with the remedy', { buffered: true }, async (t) => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  t.teardown(() => other.close())
  const { port } = other.address() as AddressInfo
  const { code, stderr } = await run(t, '6', '--port', String(port), '--grpc-port', '0')
  t.match(
    { code, stderr },
    { code: 1, stderr: `PORT: ${port} is in use. Stop what uses it, or set PORT to another number.` },
  )
  t.notMatch(stderr, /^ +at /m, 'no stack')
})

t.test('a complete drill', { buffered: true }, async (t) => {
  const drill = await startDrill(t, ['label-explosion', '--seed', '21', '--calm', '1'])
  t.match(drill.output(), /Incident 5: Prometheus is out of memory again/)
  t.notMatch(drill.output(), /explosion/i, 'the name of the fault stays hidden')

  t.match(await drill.say('help'), /questions \(step by step[\s\S]*copied log line/)
  t.match(await drill.say('hint'), /questions asks step by step/)
  t.match(await drill.say('ask'), /--last 5m/)
  t.match(await drill.say('ask sum('), /^ {2}sum\(\n {6}\^\n/)
  t.match(await drill.say('ask up --last soon'), /is not a duration/)
  t.match(await drill.say("ask 'up'"), /up +\S+ +course-app +1\nThis is ask 1\./)
  t.match(await drill.say('ask {service="course-app"} --limit 1'), /request completed[\s\S]*This is ask 2/)
  t.match(await drill.say('ask 1'), /This is ask 1\./, 'shows it again')
  t.match(await drill.say('customers wait'), /That is the symptom/)
  t.match(drill.output(), /Lab +http:\/\/127\.0\.0\.1:\d+ in a browser/)
  const lab = await fetch(`${drill.url}/lab/prometheus/api/v1/query?query=up`)
  t.match(await lab.json(), { status: 'success' }, 'the Lab answers queries too')
  await drill.askForQuestions()

  t.match(await drill.say('help'), /traces \[newest[\s\S]*clients \[seconds\][\s\S]*hint {3}skip/)
  t.match(await drill.say('hint'), /GET \/metrics/)
  t.match(await drill.say('hint'), /Series by metric: {2}curl/)
  t.match(await drill.say('hint'), /That was the last hint/)
  t.match(await drill.say('again'), /Question 1 of 5: Which metric/)
  t.match(await drill.say('! wc -l logs/drill/app.log'), /^ *\d+ logs\/drill\/app\.log\n/)
  t.match(await drill.say('trace'), /Which one\?/)
  t.match(await drill.say('trace ffffffff'), /There is no trace ffffffff/)
  t.match(await drill.say('span 1'), /First show a trace/)
  t.match(await drill.say('traces newest no such thing'), /No such trace among \d+/)
  t.match(await drill.say('skip'), /The answer is \w+\.\n\nQuestion 2 of 5/)
  const debrief = await drill.say('debrief')
  t.match(debrief, /It was a label explosion\. At \d\d:\d\d:\d\d[\s\S]*1\. [\s\S]*2\. [\s\S]*The remedy/)
  t.match(
    debrief,
    /Not found, with 1 answer in free form; guided questions: 0 of 5 right at the first try, 0 missed, 2 hints, 5 skipped, after \d min \d+ s\./,
  )
  t.match(debrief, /npm run drill -- 5 --seed 21/)

  const second = await runIn(drill.folder, '1', '--port', '0', '--grpc-port', '0')
  t.match(second, { code: 1, stderr: /Another drill runs here already, as process \d+\. End it first\./ })

  t.equal(await drill.end(), 0)
  t.match(drill.output(), /The app is stopped\. Its logs and metrics are still in logs\/drill/)
  t.ok(existsSync(join(drill.folder, 'logs/drill/app.log')))
  await t.rejects(fetch(`${drill.url}/livez`), 'the app is gone')
  t.equal(drill.stderr(), '')
})

for (const signal of ['SIGINT', 'SIGKILL'] as const) {
  t.test(`${signal} leaves no process behind`, { buffered: true }, async (t) => {
    const drill = await startDrill(t, ['6', '--calm', '1'])
    const [app = 0] = await childrenOf(drill.pid)
    const partners = await childrenOf(app)
    t.equal(partners.length, 1)
    const started = [app, ...partners]
    if (signal === 'SIGINT') {
      drill.type('! sleep 600; true')
      const shell = await waitFor('the shell', async () => (await childrenOf(drill.pid)).find((pid) => pid !== app))
      started.push(shell, ...(await waitFor('its command', async () => nonEmpty(await childrenOf(shell)))))
    }
    const code = await drill.kill(signal)
    if (signal === 'SIGINT') t.equal(code, 0)
    for (const pid of started) await waitFor(`process ${pid} to end`, () => !isRunning(pid))
    t.pass('they have ended')
  })
}

function nonEmpty(pids: number[]): number[] | undefined {
  return pids.length > 0 ? pids : undefined
}

t.test('src/ and phases/ do not mention drills', (t) => {
  const files = ['src', 'phases'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name)),
  )
  t.ok(files.length > 100)
  const aware = files.filter((file) =>
    /\bdrill|\bincidents?\/|\bfaults?\//i.test(readFileSync(join(root, file), 'utf8')),
  )
  t.strictSame(aware, [])
  t.end()
})
