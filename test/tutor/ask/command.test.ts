import { fastify } from 'fastify'
import t, { type Test } from 'tap'
import { lab } from '../../../lab/plugin.ts'
import { LineStore } from '../../../query/lines/line-store.ts'
import { readLines } from '../../../query/lines/read-lines.ts'
import { Labels } from '../../../query/series/labels.ts'
import { SeriesStore } from '../../../query/series/store.ts'
import { LokiApi } from '../../../query/server/loki-api.ts'
import { PrometheusApi } from '../../../query/server/prometheus-api.ts'
import { serve } from '../../../query/server/serve.ts'
import { startApp } from '../../../testkit/app-process.ts'
import { freePort } from '../../../testkit/free-port.ts'
import { waitFor } from '../../../testkit/wait-for.ts'
import { answerTo } from '../../../tutor/ask/answer.ts'
import { describeAnswer } from '../../../tutor/ask/describe-answer.ts'
import { type Question, readLine } from '../../../tutor/ask/options.ts'
import { labOf, serverAt } from '../../../tutor/ask/remote-server.ts'
import { ask } from '../learner-commands.ts'

/** Requests of two routes, a sample a second for five minutes, and a line for each of ten errors. */
async function startServer(t: Test): Promise<string> {
  const now = Date.now()
  const series = new SeriesStore()
  for (const [route, perSecond] of [['/hello', 3], ['/slow', 1]] as const) // biome-ignore format: short
    for (let second = 0; second <= 300; second++)
      series.append(
        Labels.of({ __name__: 'requests_total', job: 'app', route }),
        now - 300_000 + second * 1000,
        second * perSecond,
      )
  const lines = new LineStore()
  for (let i = 0; i < 10; i++)
    readLines(
      JSON.stringify({ time: new Date(now - i * 1000).toISOString(), level: 'error', service: 'app', i }),
      lines,
    )
  const apis = { prometheus: new PrometheusApi(series), loki: new LokiApi(lines) }
  const server = await serve(apis, 0, '127.0.0.1')
  t.teardown(() => server.close())
  return server.url
}

t.test('asks a server for metrics and for lines', async (t) => {
  const url = await startServer(t)

  const instant = await ask(['sum by (route) (rate(requests_total[1m]))', '--url', url])
  t.match(instant, { code: 0, stderr: '' })
  t.match(instant.stdout, /^route +value\n\/hello +[23](\.\d+)?\n\/slow +[01](\.\d+)?\n$/)

  const range = await ask(['requests_total', '--last', '5m', '--url', `${url}/`])
  t.match(
    range.stdout,
    /^All have requests_total\{job="app"\}\n\nroute +first +last +min +max\n\/hello +\d+ +\d+ .*▁.*█\n/,
  )

  const lines = await ask(['{level="error"}', '--limit', '2', '--url', url])
  t.match(lines.stdout, /"i":1\}\n.*"i":0\}\nThe 2 newest lines/)

  const wrong = await ask(['sum(requests_total', '--url', url])
  t.equal(wrong.code, 1)
  t.match(wrong.stderr, /^ {2}sum\(requests_total\n {20}\^\n.*1:19: parse error: unclosed left parenthesis\n$/)
})

t.test('asks the running app, by its Lab', async (t) => {
  const app = await startApp(t, { env: { PHASE: '3' } })
  const { port } = new URL(app.url)
  await fetch(`${app.url}/hello`)
  const counted = await waitFor('a scrape of the request', async () => {
    const { stdout } = await ask(['sum by (route) (http_server_request_count_total{route="/hello"})'], { PORT: port })
    return /hello/.test(stdout) && stdout
  })
  t.equal(counted, 'route   value\n/hello      1\n')
  const lines = await ask(['{service="course-app"} | json | route="/hello"'], { PORT: port })
  t.match(lines.stdout, /"route":"\/hello".*"message":"request completed"/)
})

t.test('an empty answer says which name is unknown', async (t) => {
  const server = serverAt(await startServer(t))
  const reasons = async (query: string) => {
    const answer = await answerTo(readLine(query, Date.now()), server)
    return describeAnswer(answer, { width: 120, limit: 9 })
  }
  t.equal(await reasons('rate(up[1m])'), 'The answer is empty: no series fits.\nNo series is named up.')
  t.match(await reasons('requests_total{path="/hello"}'), /requests_total has no label path\. It has job, route\./)
  t.match(
    await reasons('{route="/hello"} | json'),
    /No stream has the label route\. Streams have level, service\. .* \| json \| route="…"/,
  )
})

t.test('says what is missing, and what to do', async (t) => {
  const port = String(await freePort())
  t.match(await ask(['up'], { PORT: port }), {
    code: 2,
    stderr: new RegExp(`No app answers at http://127\\.0\\.0\\.1:${port}\\. Start one.*npm start`),
  })

  const app = fastify()
  t.teardown(() => app.close())
  app.get('/hello', () => ({ message: 'hello' }))
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const [up, errors] = ['up', '{level="error"}'].map((query) => readLine(query, Date.now())) as [Question, Question]
  await t.rejects(answerTo(up, labOf(url)), { name: 'NoAnswer', message: /has no Lab.* LAB=on/ })
  await t.rejects(answerTo(up, serverAt(url)), { name: 'NoAnswer', message: /neither \/api\/v1 nor a Lab/ })

  const bare = fastify()
  t.teardown(() => bare.close())
  await bare.register(lab)
  const bareLab = labOf(await bare.listen({ host: '127.0.0.1', port: 0 }))
  await t.rejects(answerTo(up, bareLab), { name: 'Refused', message: /no metrics before phase 3.*npm run phase:3/ })
  await t.rejects(answerTo(errors, bareLab), { name: 'Refused', message: /no logs before phase 1/ })
})

t.test('explains its arguments', async (t) => {
  t.match(await ask([]), { code: 2, stdout: /^Usage: npm run ask[\s\S]*--last 5m/ })
  t.match(await ask(['sum', 'by', '(a)', '(b)']), { code: 2, stderr: /Put it in quotes: 'sum by \(a\) \(b\)'/ })
  t.match(await ask(['up', '--loud']), { code: 2, stderr: /Unknown option '--loud'/ })
})
