import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { ReceivedSpan } from '../../../testkit/received-span.ts'
import { AskCommand } from '../../../tutor/drill/ask-command.ts'
import { type Exhibits, readAnswer } from '../../../tutor/drill/given-answer.ts'
import { incidents } from '../../../tutor/drill/incidents.ts'
import { Judge } from '../../../tutor/drill/judge.ts'
import { seededRandom } from '../../../tutor/drill/random.ts'
import { RecordedTelemetry } from '../../../tutor/drill/recorded-telemetry.ts'
import { TraceStore } from '../../../tutor/drill/trace-store.ts'

/*
 * Judges answers over telemetry that is made here: small, and as that of the real incident. The tests of the incidents
 * cite what a real app has sent.
 */

const SEED = 1
const SCRAPES = 20
/** The scrape at which the incident begins. */
const BEGIN = 10

interface SpanOptions {
  readonly ms?: number
  readonly at?: number
  readonly service?: string
  readonly kind?: ReceivedSpan['kind']
  readonly error?: boolean
  readonly attributes?: ReceivedSpan['attributes']
}

interface Drawn extends SpanOptions {
  readonly name: string
}

const span = (name: string, options: SpanOptions = {}): Drawn => ({ name, ...options })
const wait = (ms: number, at = 0) => span('wait for database connection', { ms, at })
const select = (table: string, ms = 1, at = 0, text = '') =>
  span(`SELECT ${table}`, { ms, at, kind: 'client', attributes: { 'db.query.text': text } })
const call = (method: string, path: string, options: SpanOptions = {}) =>
  span(method, {
    kind: 'client',
    ...options,
    attributes: { 'http.request.method': method, 'url.path': path, ...options.attributes },
  })
const byColumn = (column: string) => `select * from "bookings" where "bookings"."${column}" = $1`

/** A trace: its root, and what is directly below. */
type Picture = readonly [Drawn, ...Drawn[]]

interface Case {
  readonly name: string
  /** Ways to say the cause, each complete. With two causes, one list for each. */
  readonly right: (parameters: never) => readonly (readonly string[])[]
  readonly wrong: readonly string[]
  /** Says what users see. */
  readonly symptom: string
  /** Traces since the incident began, each of which shows a cause; and how many of the kind there are. */
  readonly shows?: (parameters: never) => readonly Picture[]
  readonly copies?: number
  readonly ordinary: (parameters: never) => Picture
  readonly victim?: Picture
  /** What is exposed at a scrape: series and value. */
  readonly metrics?: (scrape: number, parameters: never) => Readonly<Record<string, number>>
  /** Queries whose result shows the cause, and others whose result does not. */
  readonly queries?: (parameters: never) => { readonly shows: readonly string[]; readonly vain: readonly string[] }
}

const after = (scrape: number, each: number) => Math.max(0, scrape - BEGIN) * each
const DB = 'db_client_operation_duration_seconds_count'
const HTTP = 'http_server_request_duration_seconds'

const CASES: readonly Case[] = [
  {
    name: 'n-plus-one',
    right: () => [
      [
        'N+1 query',
        'It reads the batches course by course',
        'The list sends one SQL statement per course instead of one for all of them',
        'Since the deploy there are 80 selects on batches for one page, in a loop',
        'the front page fires too many queries, one after the other. Not the cache',
      ],
    ],
    wrong: ['The database is slow', 'A missing index', 'more traffic than before', 'the garbage collector'],
    symptom: 'The front page takes longer',
    shows: () => [
      [span('GET /v1/courses', { ms: 80 }), ...Array.from({ length: 70 }, (_, i) => select('batches', 1, i))],
    ],
    ordinary: () => [span('GET /v1/courses', { ms: 5 }), select('courses'), select('batches', 1, 2)],
    metrics: (scrape) => ({
      [`${DB}{operation="SELECT",table="batches"}`]: scrape * 5 + after(scrape, 400),
      [`${DB}{operation="SELECT",table="bookings"}`]: scrape * 10,
      'http_server_request_count_total{route="/v1/courses"}': scrape * 5,
    }),
    queries: () => ({
      shows: [
        `sum by (table) (rate(${DB}[30s]))`,
        `rate(${DB}{table="batches"}[15s]) --last 90s`,
        `sum(rate(${DB}{table="batches"}[30s])) / sum(rate(http_server_request_count_total[30s]))`,
      ],
      vain: ['http_server_request_count_total', `sum(${DB}{table="batches"})`, `rate(${DB}{table="bookings"}[30s])`],
    }),
  },
  {
    name: 'cache-stampede',
    right: () => [
      [
        'A cache stampede',
        'When the cache entry expires, all readers load it at the same time',
        'thundering herd on the expired entry: every request that misses calls the review service',
      ].map((text) => (/cache|entry/.test(text) ? text : `${text} cache`)),
    ],
    wrong: ['The garbage collector pauses', 'The review service is slow', 'more traffic'],
    symptom: 'The page hangs now and then',
    shows: ({ courseId }: { courseId: string }) => [
      [
        span('GET /v1/courses/:course_id', { ms: 500 }),
        span('GET course', { ms: 1, attributes: { 'course_app.cache.outcome': 'miss' } }),
        call('GET', `/stars/${courseId}`, { ms: 490, at: 5 }),
      ],
    ],
    copies: 15,
    ordinary: () => [span('GET /v1/courses/:course_id', { ms: 2 }), span('GET course')],
    metrics: (scrape) => ({
      'cache_requests_total{operation="GET",result="miss"}': 12 + Math.floor(after(scrape, 1) / 2) * 15,
      'cache_requests_total{operation="GET",result="hit"}': scrape * 100,
    }),
    queries: () => ({
      shows: ['cache_requests_total{result="miss"} --last 60s --step 5s'],
      vain: [
        'sum by (result) (rate(cache_requests_total[1m]))',
        'cache_requests_total{result="hit"} --last 60s --step 5s',
      ],
    }),
  },
  {
    name: 'slow-partner',
    right: () => [
      [
        'The payment provider has become slow and the transaction holds its connection while it waits',
        'POST /charges takes a second inside a transaction, which keeps the only database connection: partner slow',
        ':complete calls another service between BEGIN and COMMIT. The database is fine',
      ],
    ],
    wrong: ['The database is overloaded', 'too many requests', 'An index is missing'],
    symptom: 'Everything waits',
    shows: () => [
      [
        span('POST /v1/bookings/:booking_id:complete', { ms: 1000 }),
        span('BEGIN', { ms: 1, at: 1 }),
        select('bookings', 1, 2),
        call('POST', '/charges', { ms: 950, at: 3 }),
        span('COMMIT', { ms: 1, at: 960 }),
      ],
    ],
    ordinary: () => [span('GET /hello', { ms: 1 })],
    victim: [span('GET /v1/courses', { ms: 900 }), wait(880), select('courses', 2, 881)],
    metrics: (scrape) => ({
      db_client_connection_wait_duration_seconds_sum: after(scrape, 10),
    }),
    queries: () => ({ shows: [], vain: ['rate(db_client_connection_wait_duration_seconds_sum[30s])'] }),
  },
  {
    name: 'blocked-event-loop',
    right: ({ command }: { command: string }) => [
      [
        `The event loop is blocked by ${command.replace('Booking', '')}, which compares all bookings`,
        `${command} computes for ever longer in the one thread`,
      ],
    ],
    wrong: ['Garbage collection', 'The database is slow', 'a memory leak'],
    symptom: 'Every page gets slower and slower',
    shows: ({ command }: { command: string }) => [
      [span(`POST ${ROUTES[command]}`, { ms: 250 }), select('bookings', 3, 1)],
    ],
    ordinary: () => [span('GET /hello', { ms: 1 })],
    victim: [span('GET /v1/courses', { ms: 200 }), select('courses', 199)],
    metrics: (scrape, { command }: { command: string }) => ({
      nodejs_eventloop_lag_max_seconds: 0.02 + after(scrape, 0.05),
      [`${HTTP}_sum{route="${ROUTES[command]}"}`]: scrape * 0.1 + after(scrape, 2),
      [`${HTTP}_count{route="${ROUTES[command]}"}`]: scrape * 5,
      [`${HTTP}_sum{route="/hello"}`]: scrape * 0.1 + after(scrape, 0.3),
      [`${HTTP}_count{route="/hello"}`]: scrape * 5,
    }),
    queries: () => ({
      shows: [`sum by (route) (rate(${HTTP}_sum[30s])) / sum by (route) (rate(${HTTP}_count[30s]))`],
      vain: ['nodejs_eventloop_lag_max_seconds --last 90s', `rate(${HTTP}_sum{route="/hello"}[30s])`],
    }),
  },
  {
    name: 'label-explosion',
    right: ({ metric, label }: { metric: string; label: string }) => [
      [
        `${metric} has the label ${label}, which is unbounded`,
        `a counter with a series for every ${label.replace('_', ' ')}`,
        `cardinality of ${label}`,
      ],
    ],
    wrong: ['A memory leak in the heap', 'Prometheus is too small', 'the label route of http metrics explodes'],
    symptom: 'Prometheus needs more memory',
    ordinary: () => [span('GET /hello', { ms: 1 })],
    metrics: (scrape, { metric, label }: { metric: string; label: string }) => ({
      ...Object.fromEntries(
        Array.from({ length: after(scrape, 30) }, (_, i) => [`${metric}{route="/hello",${label}="${i}"}`, 1]),
      ),
      'other_total{route="/hello"}': scrape,
    }),
    queries: ({ metric, label }: { metric: string; label: string }) => ({
      shows: [
        'topk(3, count by (__name__) ({__name__=~".+"}))',
        `count(${metric}) --last 90s`,
        `count(count by (${label}) (${metric}))`,
        `topk(4, ${metric})`,
      ],
      vain: ['scrape_samples_scraped --last 90s', 'other_total', `sum(${metric})`, metric],
    }),
  },
  {
    name: 'lost-context',
    right: () => [
      [
        'A proxy between the app and the partner drops the traceparent header',
        'There is a new hop in between which does not pass on the trace context',
        'the call goes to another port now, and the propagation headers are lost there',
      ],
    ],
    wrong: ['the sampler was changed', 'The partner is down', 'clocks differ'],
    symptom: 'Spans of the partner are missing',
    shows: () => [
      [span('GET /hop', { ms: 2, service: 'partner', kind: 'server' })],
      [span('GET /propagation', { ms: 9 }), call('GET', '/hop', { ms: 5 })],
    ],
    ordinary: () => [
      span('GET /propagation', { ms: 9 }),
      call('GET', '/hop', { ms: 5 }),
      span('GET /hop', { ms: 2, at: 1, service: 'partner', kind: 'server' }),
    ],
    metrics: () => ({ up_to_date: 1 }),
    queries: () => ({ shows: [], vain: ['up_to_date'] }),
  },
  {
    name: 'retry-storm',
    right: () => [
      [
        'A retry storm: two layers retry',
        'Both the service and its client try again, so attempts multiply',
        'nested retries without back-off while the registry fails',
        'the service retries three times, and each time its client retries as well. There are no more requests than before',
      ],
    ],
    wrong: ['more traffic', 'Customers reload the page', 'the registry is down'],
    symptom: 'Bookings fail with 503',
    shows: ({ country }: { country: string }) => [
      [
        span('POST /v1/bookings', { ms: 100, error: true }),
        ...Array.from({ length: 12 }, (_, i) => call('GET', `/customers/${country}`, { at: 5 * i, error: true })),
      ],
    ],
    ordinary: () => [span('POST /v1/bookings', { ms: 20 }), call('GET', '/customers/other')],
    metrics: (scrape) => ({ 'http_server_request_count_total{status="503"}': after(scrape, 2) }),
    queries: () => ({ shows: [], vain: ['rate(http_server_request_count_total{status="503"}[30s])'] }),
  },
  {
    name: 'missing-index',
    right: ({ column }: { column: string }) => [
      [
        `The index on ${column} is missing`,
        `lists by ${column.replace('_', ' ')} do a full table scan`,
        `somebody dropped an index; filters by ${column} read everything. Not a lock`,
      ],
    ],
    wrong: ['a lock', 'more bookings than before', 'The connection pool is exhausted'],
    symptom: 'Lists are slow',
    shows: ({ column }: { column: string }) => [
      [span('GET /v1/bookings', { ms: 62 }), select('bookings', 60, 1, byColumn(column))],
    ],
    ordinary: ({ column }: { column: string }) => [
      span('GET /v1/bookings', { ms: 3 }),
      select('bookings', 1, 1, byColumn(column)),
    ],
    victim: [span('GET /v1/courses', { ms: 60 }), wait(55), select('courses', 1, 56)],
    metrics: (scrape) => ({
      ...(scrape > BEGIN ? { [`${DB}{operation="DROP",table=""}`]: 1 } : {}),
      [`${DB}{operation="SELECT",table="bookings"}`]: scrape * 10,
    }),
    queries: () => ({
      shows: [`sum by (operation) (${DB})`, `${DB}{operation="DROP"}`],
      vain: [`rate(${DB}{operation="SELECT"}[30s])`],
    }),
  },
  {
    name: 'hung-replica',
    right: () => [
      [
        'One replica of the fraud check does not answer, so every third booking waits for the timeout',
        'a hung instance behind /fraud-checks. The warnings about the key are harmless',
        'The first call of every third booking times out: one server of the fraud check is down',
        'one of the three servers of the fraud service is dead, and the app waits until it times out',
      ],
    ],
    wrong: ['The old signing key makes it slow', 'key rotation', 'The database is overloaded'],
    symptom: 'Booking takes longer',
    shows: ({ timeoutMs }: { timeoutMs: number }) => [
      [
        span('POST /v1/bookings', { ms: timeoutMs + 20 }),
        call('POST', '/fraud-checks', { ms: timeoutMs, error: true, attributes: { 'server.port': 1 } }),
        call('POST', '/fraud-checks', { ms: 6, at: timeoutMs, attributes: { 'server.port': 2 } }),
      ],
    ],
    ordinary: () => [span('POST /v1/bookings', { ms: 20 }), call('POST', '/fraud-checks', { ms: 6 })],
    metrics: (scrape) => ({ [`${HTTP}_sum{route="/v1/bookings"}`]: after(scrape, 1) }),
    queries: () => ({
      shows: [],
      vain: [`${HTTP}_sum`, 'sum by (level) (count_over_time({level="warn"}[1m]))'],
    }),
  },
  {
    name: 'two-at-once',
    right: ({ column }: { column: string }) => [
      [`the index on ${column} is gone`, `Lists by ${column} scan the whole table: seq scan`],
      [
        'The receipt service takes longer than our timeout',
        'payments call another service for the receipt, which is too slow, and give up. The database is not the cause',
      ],
    ],
    wrong: ['The database is overloaded', 'more customers than usual', 'a lock'],
    symptom: 'Payments fail',
    shows: ({ column, timeoutMs }: { column: string; timeoutMs: number }) => [
      [span('GET /v1/bookings', { ms: 62 }), select('bookings', 60, 1, byColumn(column))],
      [
        span('POST /v1/bookings/:booking_id:complete', { ms: timeoutMs + 5, error: true }),
        call('POST', '/receipts', { ms: timeoutMs, error: true }),
      ],
    ],
    ordinary: ({ column }: { column: string }) => [
      span('GET /v1/bookings', { ms: 3 }),
      select('bookings', 1, 1, byColumn(column)),
    ],
    metrics: (scrape) => ({ 'http_server_request_count_total{status="503"}': after(scrape, 2) }),
    queries: () => ({ shows: [], vain: ['rate(http_server_request_count_total{status="503"}[30s])'] }),
  },
]

const ROUTES: Readonly<Record<string, string>> = {
  createBooking: '/v1/bookings',
  reserveBooking: '/v1/bookings/:booking_id:reserve',
  completeBooking: '/v1/bookings/:booking_id:complete',
}

/** A drill as far as a learner can see it when the pager goes off. */
function stage(t: Test, { name, shows, copies = 1, ordinary, victim, metrics }: Case) {
  const incident = incidents.find((each) => each.name === name)
  if (incident === undefined) throw new Error(`there is no incident ${name}`)
  const parameters = incident.fault.parameters(seededRandom(SEED)) as never
  const now = Date.now()
  const timeOf = (scrape: number) => now - (SCRAPES - 1 - scrape) * 5000
  const beganAt = new Date(timeOf(BEGIN))
  const logs = t.testdir({ 'app.log': LINES.map((line) => `${JSON.stringify(line)}\n`).join(''), 'partner.log': '' })
  const recorded = new RecordedTelemetry(logs, 'http://127.0.0.1:1')
  for (let scrape = 0; scrape < SCRAPES; scrape++)
    recorded.addScrape(exposed(metrics?.(scrape, parameters) ?? {}), timeOf(scrape))
  const ask = new AskCommand(recorded)
  const store = new TraceStore()
  let traces = 0
  const add = (picture: Picture, startMs: number): string => {
    const traceId = `${(++traces).toString(16).padStart(4, '0')}${'a1'.repeat(14)}`
    store.add(spansOf(picture, traceId, startMs))
    return traceId
  }
  const early = add(ordinary(parameters), timeOf(BEGIN - 5))
  const showing = (shows?.(parameters) ?? []).map(
    (picture) => Array.from({ length: copies }, () => add(picture, timeOf(BEGIN + 2)))[0] as string,
  )
  const waiting = victim && add(victim, timeOf(BEGIN + 2))
  const run = { parameters, beganAt, url: 'http://127.0.0.1:1', logs: 'logs/drill', random: seededRandom(SEED) }
  const judge = () => new Judge(incident.causes(run), incident.misleading ?? [], store)
  const exhibits: Exhibits = {
    traces: (prefix) => store.find(prefix),
    listedTrace: () => undefined,
    asked: (number) => ask.find(number),
    ask: (query) => ask.ask(query),
    lines: () => recorded.lines(),
  }
  return {
    parameters,
    early,
    showing,
    waiting,
    debrief: incident.debrief(run),
    /** Gives answers one after the other. @returns the last reply, and whether all is found */
    async answer(...texts: readonly string[]) {
      const judged = judge()
      let reply = ''
      for (const text of texts) reply = judged.judge(await readAnswer(text, exhibits))
      return { reply, isDone: judged.isDone, findings: judged.findings }
    },
  }
}

const LINES = [
  { level: 'info', time: new Date().toISOString(), service: 'course-app', route: '/hello', status: 200, latency: 1, request_id: 'an-ordinary-request-1', message: 'request completed' },
  { level: 'warn', time: new Date().toISOString(), service: 'course-app', route: '/v1/courses', request_id: 'a-request-with-a-warning-2', message: 'the session is signed with the old key' },
] // biome-ignore format: two lines

function spansOf([root, ...children]: Picture, traceId: string, startMs: number): ReceivedSpan[] {
  const received = (drawn: Drawn, spanId: string, parentSpanId: string | undefined): ReceivedSpan => ({
    service: drawn.service ?? 'course-app',
    resource: {},
    scope: { name: '', version: '' },
    traceId,
    spanId,
    parentSpanId,
    traceState: '',
    flags: 1,
    name: drawn.name,
    kind: drawn.kind ?? 'internal',
    startMs: startMs + (drawn.at ?? 0),
    durationMs: drawn.ms ?? 1,
    attributes: drawn.attributes ?? {},
    events: [],
    links: [],
    status: { code: drawn.error ? 'error' : 'unset', message: '' },
    dropped: { attributes: 0, events: 0, links: 0 },
  })
  return [received(root, 'root', undefined), ...children.map((child, i) => received(child, String(i), 'root'))]
}

/** As text, with one line for each series, families together. */
function exposed(series: Readonly<Record<string, number>>): string {
  const names = Object.entries(series).sort(([a], [b]) => (nameOf(a) < nameOf(b) ? -1 : 1))
  return `${names.map(([name, value]) => `${name} ${value}`).join('\n')}\n`
}

function nameOf(series: string): string {
  return series.split('{')[0] as string
}

t.test('every incident has a case', (t) => {
  t.strictSame(CASES.map(({ name }) => name).sort(), incidents.map(({ name }) => name).sort())
  t.end()
})

for (const each of CASES) {
  t.test(each.name, async (t) => {
    const { parameters, early, showing, waiting, debrief, answer } = stage(t, each)
    const right = each.right(parameters)
    const { shows: queries, vain } = each.queries?.(parameters) ?? { shows: [], vain: [] }
    const evidence = [...showing, ...queries.map((query) => `\`${query}\``)]
    const all = right.map(([words]) => words as string)
    /** For each cause, evidence that shows it. */
    const proof = right.length === 1 ? [evidence[0] as string] : showing

    await t.test('the cause in any words, with what shows it', async (t) => {
      for (const [cause, wordings] of right.entries())
        for (const words of wordings) {
          const { reply, findings } = await answer(`${words}, see ${proof[cause]}`)
          t.match(reply, /^Right: /, words)
          t.equal(findings.length, 1)
          t.equal(findings[0]?.words, words.replace(/[.\s]+$/, ''))
        }
      if (right.length === 1) for (const shown of evidence) t.ok((await answer(`${all[0]} ${shown}`)).isDone, shown)
    })

    await t.test('first the one, then the other', async (t) => {
      const apart = await answer(all[0] as string, proof[0] as string)
      t.match(apart.reply, /^Right: /)
      t.match((await answer(proof[0] as string, all[0] as string)).reply, /^Right: /)
      t.match((await answer(proof[0] as string)).reply, /That shows it\. What is the cause\?/)
      t.equal(apart.isDone, right.length === 1, 'each cause has to be found')
      if (right.length > 1) {
        t.match(apart.reply, /Something else is wrong as well/)
        t.ok((await answer(...all.flatMap((words, i) => [words, proof[i] as string]))).isDone)
        t.notOk((await answer(`${all[0]} ${proof[1]}`)).isDone)
        t.equal(
          (await answer(`${all[0]} ${proof[1]}`)).findings.length,
          0,
          'evidence of the one does not show the other',
        )
      }
    })

    await t.test('the cause without what shows it', async (t) => {
      for (const words of right.flat()) {
        const { reply, isDone } = await answer(words)
        t.match(reply, /^The cause fits; nothing you cited shows it\. Cite /, words)
        t.notOk(isDone)
      }
      const ordinary = await answer(`${all[0]} ${early}`)
      t.match(ordinary.reply, /^The cause fits; nothing you cited shows it\.\n {2}trace /)
      t.match(ordinary.reply, /ordinary|as it should be|single trace|A trace is of one request/i)
      if (waiting !== undefined) t.match((await answer(`${all[0]} ${waiting}`)).reply, /that is a symptom\. /)
      for (const query of vain) {
        const { reply, findings } = await answer(`${all[0]} \`${query}\``)
        t.match(reply, /nothing you cited shows it/, query)
        t.equal(findings.length, 0)
      }
      for (const cited of [`trace ${'f1'.repeat(16)}`, 'ask 99', '`sum(`'])
        t.match(
          (await answer(`${all[0]} ${cited}`)).reply,
          /There is no trace|not asked ask 99|query that you cite failed/,
        )
      t.match((await answer(`${all[0]} an-ordinary-request-1`)).reply, /request an-ordinary-request-1: /)
      t.match((await answer(`${all[0]} ${JSON.stringify(LINES[1])}`)).reply, /line of \d/)
      t.match((await answer(`${all[0]} ${JSON.stringify({ level: 'error', time: 'x' })}`)).reply, /not in the logs/)
    })

    await t.test('what shows it, without the cause', async (t) => {
      for (const words of each.wrong) {
        const { reply, findings } = await answer(`${words} ${proof.join(' ')}`)
        t.equal(findings.length, 0, words)
        t.notMatch(reply, /Right/)
      }
      t.match(
        (await answer(`${each.symptom} ${proof.at(-1)}`)).reply,
        /symptom; what made it happen|part of the cause fits/,
      )
      t.match((await answer(each.symptom)).reply, /symptom|Part of the cause fits|more than|not show/)
    })

    await t.test('cheats', async (t) => {
      const everything = [early, ...showing, ...Array.from({ length: 5 }, (_, i) => `\`vector(${i})\``)].join(' ')
      t.match((await answer(`${all[0]} ${everything}`)).reply, /^You cite \d+ pieces of evidence/)
      const causes = CASES.filter(({ name }) => !name.startsWith('two')).map(({ name }) => name.replaceAll('-', ' '))
      const list = await answer(`${all[0]}, or ${causes.join(', or ')} ${proof[0]}`)
      t.notOk(list.findings.length > 0, list.reply)
      t.notOk((await answer(`${all[0]} or more traffic ${proof[0]}`)).isDone, 'two causes are no answer')
      t.notOk((await answer(`${all[0]} \`{__name__=~".+"} --limit 9999\``)).findings.length > 0)
      const [copied = ''] = debrief.trim().split(/\n\n/)
      t.notOk((await answer(copied)).isDone, 'the debrief, copied')
      t.notOk((await answer(debrief.replace(/\s+/g, ' '), proof[0] as string)).isDone)
      for (const other of CASES.filter(
        ({ name }) => name !== each.name && each.name !== 'two-at-once' && name !== 'two-at-once',
      )) {
        const [[words = ''] = []] = other.right(
          (incidents.find(({ name }) => name === other.name) as (typeof incidents)[0]).fault.parameters(
            seededRandom(SEED),
          ) as never,
        )
        t.notOk((await answer(`${words} ${proof[0]}`)).isDone, `${other.name}: ${words}`)
      }
    })
  })
}

t.test('a suspicion that is near at hand is answered', async (t) => {
  const herring = CASES.find(({ name }) => name === 'hung-replica') as Case
  const { answer, showing } = stage(t, herring)
  t.match(
    (await answer('The rotated key, see a-request-with-a-warning-2')).reply,
    /do slow bookings have more of them[\s\S]*One of the warnings/,
  )
  t.match(
    (await answer(`The replica hangs because of the old key ${showing[0]}`)).reply,
    /do slow bookings have more of them/,
  )
})

t.test('the logs can be asked as in Loki', async (t) => {
  const recorded = new RecordedTelemetry(
    t.testdir({ 'app.log': `${JSON.stringify(LINES[1])}\n{"level":`, 'partner.log': '' }),
    'http://127.0.0.1:1',
  )
  t.match(
    await new AskCommand(recorded).run('ask {level="warn"}'),
    /old key[\s\S]*1 lines?\. Times are UTC\.\nThis is ask 1/,
  )
  t.equal(recorded.lines().length, 1, 'what is still being written is left out')
  t.throws(() => new RecordedTelemetry(join(t.testdirName, 'none'), 'http://127.0.0.1:1').lines())
})

t.test('a scrape that failed is a gap', async (t) => {
  const recorded = new RecordedTelemetry('logs', 'http://127.0.0.1:8080')
  const now = Date.now()
  recorded.addScrape('a_total 1\n', now - 10_000)
  recorded.addScrape(undefined, now - 5000)
  const ask = new AskCommand(recorded)
  t.match(await ask.run('ask up'), /127\.0\.0\.1:8080 +course-app +0\n/)
  t.match(await ask.run('ask a_total'), /The answer is empty/)
  t.match(await ask.run('ask count_over_time(a_total[1m])'), / 1\n/)
})
