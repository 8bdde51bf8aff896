import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { isRunning } from '../testkit/is-running.ts'
import { waitFor } from '../testkit/wait-for.ts'

const runner = fileURLToPath(new URL('run.js', import.meta.url))

/** Runs one test file with the runner; `seconds` overrides the timeout. */
function runTest(path: string, seconds?: number): Promise<{ code: number; output: string }> {
  const { TAP_TIMEOUT: _, ...inherited } = process.env
  const env = seconds === undefined ? inherited : { ...inherited, TAP_TIMEOUT: String(seconds) }
  return new Promise((resolve) => {
    execFile(process.execPath, [runner, path], { env }, (error, stdout) =>
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout }),
    )
  })
}

interface Case {
  readonly name: string
  readonly code: number
  readonly shows: RegExp
  readonly source: string
  /** Timeout in seconds. */
  readonly timeout?: number
}

const cases: readonly Case[] = [
  { name: 'passes', code: 0, shows: /✔ .* 1 assertions/, source: "t.test('x', async (t) => t.ok(1))" },
  {
    name: 'skips',
    code: 0,
    shows: /skipped: no server/,
    source: "t.ok(1); t.test('x', { skip: 'no server' }, async () => {})",
  },
  { name: 'fails', code: 1, shows: /✖ .* exit code 1[\s\S]*not ok 1 - sums/, source: "t.equal(1, 2, 'sums')" },
  { name: 'asserts-nothing', code: 1, shows: /asserts nothing/, source: '' },
  { name: 'empty-subtest', code: 1, shows: /asserts nothing/, source: "t.ok(1); t.test('x', async () => {})" },
  { name: 'throws', code: 1, shows: /not ok 2 - oops/, source: "t.ok(1); throw new Error('oops')" },
  {
    name: 'exits',
    code: 1,
    shows: /exit code 9[\s\S]*stderr\n +farewell/,
    source: "t.ok(1); console.error('farewell'); process.exit(9)",
  },
  {
    name: 'hangs',
    code: 1,
    shows: /timeout!/,
    timeout: 2,
    // A server keeps the process alive until tap reports the timeout.
    source: `import { createServer } from 'node:http'
      const server = createServer().listen(0)
      t.on('timeout', () => server.close())
      t.test('x', async (t) => { t.ok(1); await new Promise(() => {}) })`,
  },
  {
    name: 'blocks',
    code: 1,
    shows: /was ended by SIGKILL/,
    timeout: 1,
    source: 't.ok(1); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)',
  },
]

const folder = t.testdir(
  Object.fromEntries(cases.map(({ name, source }) => [`${name}.test.js`, `import t from 'tap'\n${source}\n`])),
)

t.jobs = 4
for (const { name, code, shows, timeout } of cases) {
  t.test(`a file that ${name}`, { buffered: true }, async (t) => {
    const run = await runTest(join(folder, `${name}.test.js`), timeout)
    t.equal(run.code, code)
    t.match(run.output, shows)
  })
}

t.test('no process outlives a test file', async (t) => {
  const source = `import t from 'tap'
    import { spawn } from 'node:child_process'
    const child = spawn('sleep', ['60'], { stdio: 'ignore' })
    t.fail('pid ' + child.pid + '.')
    process.exit(1)`
  const { output } = await runTest(join(t.testdir({ 'leaves.test.js': source }), 'leaves.test.js'))
  const pid = Number(/pid (\d+)\./.exec(output)?.[1])
  t.ok(pid > 0, output)
  await waitFor('it to be gone', () => !isRunning(pid))
})

t.test('a missing file', async (t) => {
  t.match(await runTest('nowhere.test.js'), { code: 1, output: /is not compiled/ })
  t.match(await runTest('no such test'), { code: 1, output: /0 test files/ })
})
