import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { guard } from '../../testkit/guard.ts'
import { waitFor } from '../../testkit/wait-for.ts'

const MAIN = fileURLToPath(new URL('../../query/server/main.js', import.meta.url))
const START = Date.parse('2026-01-01T00:00:00Z')
const NANOSECONDS = '000000'

const LINES = [0, 1, 2, 3].map((i) =>
  JSON.stringify({
    time: new Date(START + i * 10_000).toISOString(),
    level: i === 3 ? 'error' : 'info',
    service: 'app',
    request_id: `req-${i}`,
    message: `line ${i}`,
  }),
)

async function folder(t: Pick<Test, 'teardown'>, lines: readonly string[]): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'course-app-query-lines-'))
  t.teardown(() => rm(path, { recursive: true, force: true, maxRetries: 3 }))
  await writeFile(join(path, 'lines.jsonl'), `${lines.join('\n')}\n`)
  return path
}

/** `npm run query` over the lines. @returns its address */
async function startServer(t: Pick<Test, 'teardown'>): Promise<string> {
  const cwd = await folder(t, LINES)
  const child = spawn(process.execPath, [MAIN, '--logs', 'lines.jsonl', '--port', '0'], { cwd, stdio: 'pipe' })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  child.stderr.pipe(process.stderr)
  guard(child, cwd)
  t.teardown(async () => {
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    const [code] = await exited
    if (code !== 0) throw new Error(`it ended with ${code}`)
  })
  return waitFor('the server', () => /(http:\/\/[\d.]+:\d+)\/loki/.exec(output)?.[1], { seen: () => output })
}

t.test('npm run query -- --logs', async (t) => {
  const url = await startServer(t)
  const period = { start: String(START / 1000), end: '2026-01-01T00:01:00Z' }

  async function get(path: string, parameters: Readonly<Record<string, string>>): Promise<Response> {
    return fetch(`${url}/loki/api/v1/${path}?${new URLSearchParams(parameters)}`)
  }

  async function data(path: string, parameters: Readonly<Record<string, string>>): Promise<unknown> {
    const { status, data } = (await (await get(path, parameters)).json()) as { status: string; data: unknown }
    t.equal(status, 'success')
    return data
  }

  t.test('answers with streams, the newest line first, and no more than the limit', async (t) => {
    t.same(await data('query_range', { query: '{service="app"} | drop request_id', limit: '3', ...period }), {
      resultType: 'streams',
      result: [
        { stream: { level: 'error', service: 'app' }, values: [[`${START + 30_000}${NANOSECONDS}`, LINES[3]]] },
        {
          stream: { level: 'info', service: 'app' },
          values: [
            [`${START + 20_000}${NANOSECONDS}`, LINES[2]],
            [`${START + 10_000}${NANOSECONDS}`, LINES[1]],
          ],
        },
      ],
      stats: {},
    })
  })

  t.test('answers a form, forward, with times in nanoseconds, the end excluded', async (t) => {
    const body = new URLSearchParams({
      query: '{level="info"} | line_format "{{.request_id}}" | drop request_id',
      start: `${START}${NANOSECONDS}`,
      end: `${START + 20_000}${NANOSECONDS}`,
      direction: 'forward',
    })
    const response = await fetch(`${url}/loki/api/v1/query_range`, { method: 'POST', body })
    t.match(await response.json(), {
      data: {
        result: [
          {
            values: [
              [`${START}${NANOSECONDS}`, 'req-0'],
              [`${START + 10_000}${NANOSECONDS}`, 'req-1'],
            ],
          },
        ],
      },
    })
  })

  t.test('answers with a vector, and with a matrix whose steps are whole multiples', async (t) => {
    const query = 'sum(count_over_time({service="app"}[20s]))'
    t.same(await data('query', { query, time: String(START / 1000 + 20.5) }), {
      resultType: 'vector',
      result: [{ metric: {}, value: [START / 1000 + 20.5, '2'] }],
      stats: {},
    })
    const start = String(START / 1000 + 5)
    t.same(await data('query_range', { query, start, end: String(START / 1000 + 25), step: '10s' }), {
      resultType: 'matrix',
      result: [{ metric: {}, values: [0, 10, 20, 30].map((at, i) => [START / 1000 + at, i === 0 ? '1' : '2']) }],
      stats: {},
    })
  })

  t.test('answers what labels, values and streams there are', async (t) => {
    t.same(await data('labels', period), ['level', 'service'])
    t.same(await data('label/level/values', period), ['error', 'info'])
    t.same(await data('label/level/values', { ...period, query: '{level!="info", service="app"}' }), ['error'])
    t.same(await data('series', { ...period, 'match[]': '{level="error"}' }), [{ level: 'error', service: 'app' }])
    t.same(await data('labels', { since: '1h' }), [])
  })

  t.test('refuses what Loki refuses, in its words', async (t) => {
    const refusals: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
      [
        'query_range',
        { query: '{a="b" c="d"}' },
        'parse error at line 1, col 8: syntax error: unexpected IDENTIFIER, expecting } or ,',
      ],
      [
        'query_range',
        { query: '{a="b"}', start: '2', end: '1' },
        'end timestamp must not be before or equal to start time',
      ],
      [
        'query_range',
        { query: '{a="b"}', start: 'x' },
        `could not parse 'start' parameter: strconv.ParseInt: parsing "x": invalid syntax`,
      ],
      ['query_range', { query: '{a="b"}', limit: '0' }, 'limit must be a positive value'],
      ['query_range', { query: '{a="b"}', direction: 'up' }, "invalid direction 'up'"],
      ['query_range', { query: 'vector(1)', step: 'x' }, 'cannot parse "x" to a valid duration'],
      [
        'query_range',
        { query: 'vector(1)', start: '1', end: '100000', step: '1' },
        'exceeded maximum resolution of 11,000 points per time series. Try increasing the value of the step parameter',
      ],
      ['series', { 'match[]': '{a="b"} |= "x"' }, 'only label matchers are supported'],
    ]
    for (const [path, parameters, error] of refusals) {
      const response = await get(path, parameters)
      t.equal(response.status, 400)
      t.match(response.headers.get('content-type'), 'text/plain')
      t.equal(await response.text(), error)
    }
    t.equal((await fetch(`${url}/api/v1/query?query=up`)).status, 404)
  })
})

t.test('npm run query says which line of a file has no time', async (t) => {
  const cwd = await folder(t, [LINES[0] as string, '{"level":"info"}'])
  const { status, stderr } = spawnSync(process.execPath, [MAIN, '--logs', 'lines.jsonl'], { cwd, encoding: 'utf8' })
  t.same(
    { status, stderr },
    { status: 1, stderr: 'lines.jsonl cannot be read: line 2 has no time: {"level":"info"}\n' },
  )
})
