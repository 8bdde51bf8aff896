import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type IncomingMessage, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { guard } from '../../testkit/guard.ts'
import { findProgram, needs } from '../../testkit/installed.ts'
import { waitFor } from '../../testkit/wait-for.ts'

const MAIN = fileURLToPath(new URL('../../query/server/main.js', import.meta.url))

const SAMPLES = `# TYPE requests counter
# HELP requests Requests, "all" of them.
# UNIT requests requests
requests_total{code="200",job="app"} 100 1000 # {trace_id="abc"} 0.5 999.5
requests_total{code="200",job="app"} 160 1060
requests_total{code="500",job="app"} 1 1000
requests_total{code="500",job="app"} 2 1060
# TYPE up gauge
up{job="app"} 1 1000
{"a name",job="app"} 3 1060
# EOF
`

interface Answer {
  readonly status: string
  readonly data?: unknown
  readonly error?: string
  readonly errorType?: string
  readonly warnings?: readonly string[]
  readonly infos?: readonly string[]
}

async function folder(t: Pick<Test, 'teardown'>, samples: string): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'course-app-query-server-'))
  t.teardown(() => rm(path, { recursive: true, force: true, maxRetries: 3 }))
  await writeFile(join(path, 'samples.om'), samples)
  return path
}

/** `npm run query` over these samples. @returns its address */
async function startServer(t: Pick<Test, 'teardown'>, rules?: string): Promise<string> {
  const cwd = await folder(t, SAMPLES)
  if (rules !== undefined) await writeFile(join(cwd, 'own.rules.yml'), rules)
  const given = rules === undefined ? [] : ['--rules', '*.rules.yml']
  const args = [MAIN, '--metrics', 'samples.om', '--port', '0', ...given]
  const child = spawn(process.execPath, args, { cwd, stdio: 'pipe' })
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
  return waitFor('the server', () => /http:\/\/[\d.]+:\d+/.exec(output)?.[0], { seen: () => output })
}

/** For a target that fetch would not send. */
async function statusOf(port: string, path: string): Promise<number | undefined> {
  const [response] = (await once(request({ host: '127.0.0.1', port, path }).end(), 'response')) as [IncomingMessage]
  response.resume()
  return response.statusCode
}

t.test('npm run query', async (t) => {
  const url = await startServer(t)

  async function get(path: string): Promise<{ status: number; answer: Answer }> {
    const response = await fetch(`${url}/api/v1/${path}`)
    return { status: response.status, answer: (await response.json()) as Answer }
  }

  t.test('answers a query by GET and by a form', async (t) => {
    const query = 'sum by (job) (requests_total)'
    const expected = {
      status: 'success',
      data: { resultType: 'vector', result: [{ metric: { job: 'app' }, value: [1060.5, '162'] }] },
    }
    t.same((await get(`query?${new URLSearchParams({ query, time: '1060.5' })}`)).answer, expected)
    const body = new URLSearchParams({ query, time: '1970-01-01T00:17:40.5Z' })
    const posted = await fetch(`${url}/api/v1/query`, { method: 'POST', body })
    t.equal(posted.headers.get('content-type'), 'application/json')
    t.same(await posted.json(), expected)
  })

  t.test('answers a query for a range, with what is to be remarked', async (t) => {
    const range = await get('query_range?query=requests_total{code="500"}&start=1000&end=1120&step=60s')
    t.same(range.answer.data, {
      resultType: 'matrix',
      result: [
        {
          metric: { __name__: 'requests_total', code: '500', job: 'app' },
          values: [
            [1000, '1'],
            [1060, '2'],
            [1120, '2'],
          ],
        },
      ],
    })
    const remarked = await get('query?query=histogram_quantile(2,up)&time=1000')
    t.match(remarked.answer.warnings, [/quantile value should be between 0 and 1, got 2 \(1:20\)/, /bucket label "le"/])
  })

  t.test('answers what series, labels, values, families and exemplars there are', async (t) => {
    const data = async (path: string) => (await get(path)).answer.data
    t.same(await data('series?match[]=up&match[]=requests_total{code="500"}'), [
      { __name__: 'requests_total', code: '500', job: 'app' },
      { __name__: 'up', job: 'app' },
    ])
    t.same(await data('series?match[]=up&start=1001'), [])
    t.same(await data('labels'), ['__name__', 'code', 'job'])
    t.same(await data('labels?match[]=up'), ['__name__', 'job'])
    t.same(await data('label/code/values'), ['200', '500'])
    t.same(await data('label/__name__/values?limit=1'), ['a name'])
    t.same(await data('label/nothing/values'), [])
    t.same(await data('metadata?metric=requests'), {
      requests: [{ type: 'counter', help: 'Requests, "all" of them.', unit: 'requests' }],
    })
    t.same(await data('query_exemplars?query=rate(requests_total[1m])&start=900&end=1100'), [
      {
        seriesLabels: { __name__: 'requests_total', code: '200', job: 'app' },
        exemplars: [{ labels: { trace_id: 'abc' }, value: '0.5', timestamp: 999.5 }],
      },
    ])
    t.same(await data('query_exemplars?query=up'), [])
  })

  t.test('refuses what Prometheus refuses, in its words', async (t) => {
    const refusals: readonly (readonly [string, number, string, string])[] = [
      [
        'query?query=foo(',
        400,
        'bad_data',
        'invalid parameter "query": 1:1: parse error: unknown function with name "foo"',
      ],
      [
        'query?query=up&time=now',
        400,
        'bad_data',
        `invalid parameter "time": invalid time value for 'time': cannot parse "now" to a valid timestamp`,
      ],
      [
        'query?query=up&timeout=x',
        400,
        'bad_data',
        'invalid parameter "timeout": cannot parse "x" to a valid duration',
      ],
      [
        'query?query=up*on(job)requests_total&time=1060',
        422,
        'execution',
        'found duplicate series for the match group {job="app"} on the right hand-side of the operation: [{__name__="requests_total", code="500", job="app"}, {__name__="requests_total", code="200", job="app"}];many-to-many matching not allowed: matching labels must be unique on one side',
      ],
      [
        'query_range?query=up&start=2&end=1&step=1',
        400,
        'bad_data',
        'invalid parameter "end": end timestamp must not be before start time',
      ],
      [
        'query_range?query=up&start=1&end=2&step=0',
        400,
        'bad_data',
        'invalid parameter "step": zero or negative query resolution step widths are not accepted. Try a positive integer',
      ],
      [
        'query_range?query=up&start=0&end=11001&step=1',
        400,
        'bad_data',
        'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
      ],
      [
        'query_range?query=up[5m]&start=1&end=2&step=1',
        400,
        'bad_data',
        'invalid parameter "query": invalid expression type "range vector" for range query, must be Scalar or instant Vector',
      ],
      [
        'query?query=count_over_time(vector(1)[1y:1ms])',
        422,
        'execution',
        'query processing would load too many samples into memory in query execution',
      ],
      ['query?query=sum_over_time(up[5m:10s])&timeout=0s', 503, 'timeout', 'query timed out in expression evaluation'],
      ['series', 400, 'bad_data', 'no match[] parameter provided'],
      [
        'series?match[]=up[5m]',
        400,
        'bad_data',
        'invalid parameter "match[]": 1:1: parse error: expected a selector of series, such as up{job="app"}',
      ],
      ['label/%E0%A4%A/values', 400, 'bad_data', 'invalid label name: "%E0%A4%A"'],
      ['nothing', 404, 'not_found', 'there is nothing at /api/v1/nothing'],
    ]
    for (const [path, status, errorType, error] of refusals)
      t.same(await get(path), { status, answer: { status: 'error', errorType, error } }, path)
    const deleted = await fetch(`${url}/api/v1/query`, { method: 'DELETE' })
    t.equal(deleted.status, 405)
    t.equal(await statusOf(new URL(url).port, '//'), 400)
    const large = await fetch(`${url}/api/v1/query`, { method: 'POST', body: `query=${'x'.repeat(1_000_001)}` })
    t.equal(large.status, 413)
  })

  t.test('is asked by promtool', needs('promtool'), async (t) => {
    const promtool = (...args: readonly string[]) =>
      spawnSync(findProgram('promtool') as string, ['query', ...args], { encoding: 'utf8' }).stdout
    t.equal(promtool('instant', '--time=1060', url, 'up'), 'up{job="app"} => 1 @[1060]\n')
    t.match(
      promtool('range', '--start=1000', '--end=1060', '--step=1m', url, 'sum(requests_total)'),
      '101 @[1000]\n162 @[1060]',
    )
    t.equal(promtool('series', '--match=up', '--start=0', url), '{__name__="up", job="app"}\n')
    t.equal(promtool('labels', '--start=0', url, 'code'), '200\n500\n')
  })
})

t.test('npm run query says what is wrong with its options and its file', async (t) => {
  const cwd = await folder(t, 'up 1 1000\nup 2\n# EOF\n')
  const run = (...args: readonly string[]) => {
    const { status, stderr } = spawnSync(process.execPath, [MAIN, ...args], { cwd, encoding: 'utf8' })
    return { status, stderr: stderr.split('\n')[0] }
  }
  t.same(run(), { status: 1, stderr: '--metrics or --logs is missing.' })
  t.same(run('--metrics', 'samples.om', '--port', 'x'), {
    status: 1,
    stderr: 'x is no port. Give a number from 0 to 65535.',
  })
  t.same(run('--metrics', 'samples.om'), {
    status: 1,
    stderr: 'samples.om cannot be read: line 2: a timestamp is missing: up 2',
  })
  t.match(run('--metrics', 'absent.om'), { status: 1, stderr: /^absent\.om cannot be read: ENOENT/ })
})

t.test('npm run query evaluates rules over the period of the samples', async (t) => {
  const url = await startServer(
    t,
    `groups:
  - name: own
    interval: 20s
    rules:
      - { record: code:requests:total, expr: sum by (code) (requests_total) }
      - { alert: RequestsFail, expr: 'code:requests:total{code="500"} > 0', for: 30s, annotations: { summary: '{{ $value }} failed' } }
`,
  )
  const get = async (path: string) => ((await (await fetch(`${url}/api/v1/${path}`)).json()) as Answer).data
  t.match(await get('query?query=count_over_time(code:requests:total[2m])&time=1060'), {
    result: [{ metric: { code: '200' }, value: [1060, '4'] }, { metric: { code: '500' } }],
  })
  t.match(await get('query?query=ALERTS&time=1020'), { result: [{ metric: { alertstate: 'pending' } }] })
  const alert = {
    state: 'firing',
    activeAt: '1970-01-01T00:16:40Z',
    annotations: { summary: '2 failed' },
    value: '2e+00',
  }
  t.match(await get('alerts'), { alerts: [alert] })
  t.match(await get('rules?type=alert'), {
    groups: [{ name: 'own', file: 'own.rules.yml', rules: [{ alerts: [alert] }] }],
  })
})
