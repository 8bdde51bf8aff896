import t from 'tap'
import type { LogLine } from '../support/log-file.ts'
import { waitFor } from '../support/wait-for.ts'
import { type DrillProcess, median, muchLater, startDrill, startOf } from './drill-process.ts'

/*
 * Each drill is done as somebody would who knows nothing of its fault: what is answered here comes from the
 * log, from the metrics and from traces alone. So these tests prove that the fault can be seen there, that all
 * is well before it begins, and that the drill accepts the truth and nothing else.
 */

const CALM = '3'

// Two at a time: each has an app of its own.
t.jobs = 2

const latencies = (lines: readonly LogLine[]) => lines.map(({ latency }) => Number(latency))

async function causeIs(drill: DrillProcess, right: RegExp): Promise<void> {
  const letter = drill.option(right)
  await drill.answer(letter === 'a' ? 'b' : 'a', letter)
}

/** The first of so many lines in a row that are all slower than `ms`. */
function firstOfSlow(lines: readonly LogLine[], ms: number, inARow: number): LogLine {
  const slow = (line: LogLine) => Number(line.latency) > ms
  const found = lines.find(
    (_, at) => lines.slice(at, at + inARow).length === inARow && lines.slice(at, at + inARow).every(slow),
  )
  if (found === undefined) throw new Error(`never ${inARow} lines above ${ms} ms in a row: ${latencies(lines).join()}`)
  return found
}

t.test('1: many statements for one request', { buffered: true }, async (t) => {
  const drill = await startDrill(t, ['1', '--seed', '11', '--calm', CALM])
  const before = await drill.traces('oldest GET /v1/courses')
  t.ok(
    before.every(({ spans }) => spans <= 3),
    'at first a request and at most two statements',
  )
  const many = (await drill.traces('largest GET /v1/courses'))[0]
  const statements = (many?.spans ?? 0) - 1
  t.ok(statements > 50, `${statements} statements for one request`)
  t.equal((await drill.traces('largest GET /v1/bookings'))[0]?.spans, 2, 'other routes have as many as ever')

  const waterfall = (await drill.say('traces largest GET /v1/courses')) && (await drill.say('trace 1'))
  const table = /… \d+ more SELECT (\w+)/.exec(waterfall)?.[1] ?? ''
  t.match(await drill.say('span 2'), /db\.query\.text +select .* from "courses"/)

  // Two kinds of requests share the route. Those with many statements are the first that take many times as long.
  const lines = await drill.requests({ route: '/v1/courses', method: 'GET' })
  const typical = median(latencies(lines.slice(0, 6)))
  t.ok(Math.max(...latencies(lines.slice(-8))) > 3 * typical, 'and it shows in the latency')

  await drill.answer('/hello', 'GET /v1/courses')
  const first = (await drill.say('traces oldest GET /v1/courses')) && (await firstLargeTrace(drill, lines))
  await drill.answer(muchLater(first), first)
  await drill.answer('2', String(statements))
  await drill.answer('courses', table)
  await causeIs(drill, /course by course/)
})

/** When the first request of a route came in whose trace has many spans. */
async function firstLargeTrace(drill: DrillProcess, lines: readonly LogLine[]): Promise<string> {
  for (const line of lines) {
    const spans = /(\d+) spans/.exec(await drill.say(`trace ${line.trace_id}`))?.[1]
    if (Number(spans) > 10) return startOf(line)
  }
  throw new Error('no request has a large trace')
}

t.test('2: many misses at the same moment, again and again', { buffered: true }, async (t) => {
  const drill = await startDrill(t, ['2', '--seed', '12', '--calm', CALM])
  const misses = async () =>
    (await drill.metrics()).value('cache_requests_total', { operation: 'GET', result: 'miss' }) ?? 0
  const calls = async () =>
    (await drill.requests({ route: '/v1/courses/:course_id' })).filter(({ latency }) => Number(latency) > 300)
  // Each moment is a handful of requests that wait for as long as the ones before them are served.
  const moments = await waitFor('three such moments', async () => {
    const starts: LogLine[] = []
    for (const line of await calls()) {
      const last = starts.at(-1)
      if (last === undefined || Date.parse(line.time) - Date.parse(last.time) > 3000) starts.push(line)
    }
    return starts.length >= 3 && starts
  })
  const [first, second, third] = moments as [LogLine, LogLine, LogLine]
  t.equal(first.path, second.path)
  const courseId = String(first.path).slice(-36)
  const apart = (Date.parse(third.time) - Date.parse(second.time)) / 1000

  const settled = await misses()
  const after = await waitFor('the next moment', async () => {
    const now = await misses()
    return now >= settled + 8 && now
  })
  t.ok(after > settled)
  const [scrapeBefore] = await drill.scrapes()
  t.ok(
    (scrapeBefore?.value('cache_requests_total', { operation: 'GET', result: 'miss' }) ?? 0) <= 12,
    'at first each course misses once',
  )
  const oneMoment = (await drill.traces(`slowest GET /v1/courses/:course_id`)).filter(({ spans }) => spans >= 5)
  t.ok(oneMoment.length >= 10, 'their traces have a miss and a call of their own')
  t.match(await drill.say('trace 1'), /GET course .* miss\n[\s\S]*SELECT courses[\s\S]* GET .* 200/)

  const crowd = (await drill.requests({ path: String(first.path) })).filter(
    (line) => Math.abs(Date.parse(startOf2(line)) - Date.parse(startOf2(second))) < 300,
  ).length
  await drill.answer('01943ad7-aa80-7001-8000-0000000000ff', courseId)
  await drill.answer(muchLater(startOf(first)), startOf(first))
  await drill.answer('60', String(apart))
  await drill.answer('1', String(crowd))
  await causeIs(drill, /make it again/)
})

function startOf2({ time, latency }: LogLine): string {
  return new Date(Date.parse(time) - Number(latency)).toISOString()
}

t.test('3: everybody waits for one that waits for another service', { buffered: true }, async (t) => {
  const drill = await startDrill(t, ['3', '--seed', '13', '--calm', CALM])
  const completing = await drill.requests({ route: '/v1/bookings/:booking_id:complete' })
  t.ok(Number(completing[0]?.latency) < 400, 'at first a payment is quick')
  const slow = completing.filter(({ latency }) => Number(latency) > 700)
  const [firstSlow] = slow as [LogLine]
  t.ok(slow.length >= 2)
  const lists = await drill.requests({ route: '/v1/courses' })
  t.ok(
    lists.some(({ latency }) => Number(latency) > 300),
    'lists wait, which call nobody',
  )
  const greetings = await drill.requests({ route: '/hello' })
  t.ok(median(latencies(greetings.slice(-6))) < 100, '/hello does not')

  const [worst] = await drill.traces('slowest GET /v1/courses')
  t.ok(worst !== undefined && worst.spans <= 4, 'the victim has no more statements than before')
  await drill.say('traces slowest :complete')
  const culprit = await drill.say('trace 1')
  const took = Number(
    /([\d.]+) ms +POST +█/.exec(culprit.replaceAll(/ +/g, ' ').replace('1 0.0', ''))?.[1] ??
      /([\d.]+) ms {2} +POST {2,}/.exec(culprit)?.[1],
  )
  t.match(culprit, /SELECT bookings[\s\S]* POST [\s\S]*UPDATE bookings/)
  const path = /url\.path +(\S+)/.exec(await drill.say('span 3'))?.[1] ?? ''

  await drill.answer('/v1/courses', '/hello')
  await drill.answer(muchLater(startOf(firstSlow)), startOf(firstSlow))
  await causeIs(drill, /In its statement/)
  await drill.answer('/v1/courses', '/v1/bookings/:booking_id:complete')
  await drill.answer('/status/200', path)
  await drill.answer('5', String(took))
  await causeIs(drill, /transaction stays open/)
})

t.test('4: computing that blocks the event loop for ever longer', { buffered: true }, async (t) => {
  const drill = await startDrill(t, ['4', '--seed', '14', '--calm', CALM])
  for (let customers = 0; customers < 25; customers++) await bookSeat(drill.url)
  // What no span covers of a request is computing, however busy the machine is.
  const steps = ['', '/:booking_id:reserve', '/:booking_id:complete'].map((step) => `/v1/bookings${step}`)
  const gaps: { route: string; first: number; last: number }[] = []
  for (const route of steps) {
    const [oldest = Number.NaN] = await gapsOf(drill, `oldest POST ${route}`, 3)
    gaps.push({ route, first: oldest, last: Math.min(...(await gapsOf(drill, `newest POST ${route}`, 3))) })
  }
  const [guilty, other] = gaps.toSorted((a, b) => b.last - a.last) as [(typeof gaps)[0], (typeof gaps)[0]]
  t.ok(guilty.last > 4 * Math.max(other.last, guilty.first), JSON.stringify(gaps))
  t.equal((await drill.traces('slowest GET /hello'))[0]?.spans, 1, 'victims have nothing to show for it')
  const metrics = await drill.metrics()
  t.ok((metrics.value('nodejs_eventloop_lag_max_seconds') ?? 0) > (guilty.last / 1000) * 0.5, 'the lag says so too')

  await causeIs(drill, /One span and nothing below/)
  await drill.answer('process_open_fds', 'nodejs_eventloop_lag_max_seconds')
  await drill.answer('/hello', guilty.route)
  const lines = await drill.requests({ route: guilty.route, method: 'POST' })
  const began = startOf(lines.at(Math.min(3, lines.length - 1)) as LogLine)
  await drill.answer(muchLater(began), began)
  await causeIs(drill, /in the one thread/)
})

async function bookSeat(url: string): Promise<void> {
  const post = async (path: string, body?: object) => {
    const init = body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
    return (await (await fetch(url + path, { method: 'POST', ...init })).json()) as { booking_id: string }
  }
  const { booking_id } = await post('/v1/bookings', {
    course_id: '01943ad7-aa80-7001-8000-00000000000b',
    user_id: 'me',
  })
  await post(`/v1/bookings/${booking_id}:reserve`)
  await post(`/v1/bookings/${booking_id}:complete`)
}

/** How many milliseconds of each of the first traces of a list are covered by no span below the first one. */
async function gapsOf(drill: DrillProcess, query: string, count: number): Promise<number[]> {
  await drill.traces(query)
  const found: number[] = []
  for (let nth = 1; nth <= count; nth++) {
    const rows = [...(await drill.say(`trace ${nth}`)).matchAll(/^ *\d+ +[\d.]+ ms +([\d.]+) ms( +)\S/gm)]
    const [root = 0, ...children] = rows
      .filter(([, , indent]) => (indent as string).length <= 4)
      .map(([, ms]) => Number(ms))
    found.push(root - children.reduce((sum, ms) => sum + ms, 0))
  }
  return found
}

t.test('5: a metric that gets a series for each request', { buffered: true }, async (t) => {
  const drill = await startDrill(t, ['5', '--seed', '15', '--calm', CALM])
  const series = (found: Awaited<ReturnType<DrillProcess['metrics']>>) =>
    [...found.families.values()]
      .map(({ name, samples }) => ({ name, samples }))
      .filter(({ name }) => !/^(nodejs|process)_/.test(name))
  const before = await drill.metrics()
  const largest = series(before).filter(({ name }) => !/^(http|db|cache|grpc|booking)_/.test(name))
  t.equal(largest.length, 1, 'one metric is new')
  const { name = '', samples = [] } = largest[0] ?? {}
  const labels = Object.keys(samples[0]?.labels ?? {})
  const valuesOf = (label: string) => new Set(samples.map((sample) => sample.labels[label])).size
  const [worst = '', other = ''] = labels.toSorted((a, b) => valuesOf(b) - valuesOf(a))
  t.ok(valuesOf(worst) > 3 * valuesOf(other), `${worst} has ${valuesOf(worst)} values, ${other} ${valuesOf(other)}`)
  const grown = await waitFor('more series', async () => {
    const now = (await drill.metrics()).samples(name).length
    return now > samples.length + 15 && now
  })
  t.ok(grown > samples.length)
  const [first] = await drill.scrapes()
  t.equal(first?.samples(name).length, 0, 'at first it is not there')

  await drill.answer('http_server_request_count_total', name)
  await drill.answer(other, worst)
  const lines = await drill.requests({})
  const counted = samples.reduce((sum, { value }) => sum + value, 0)
  const began = startOf(lines.at(-Math.min(counted, lines.length)) as LogLine)
  await drill.answer(muchLater(began), began)
  await causeIs(drill, /It grows for as long/)
  await causeIs(drill, /Drop the label/)
})

t.test('6: a trace in two pieces', { buffered: true }, async (t) => {
  const drill = await startDrill(t, ['6', '--seed', '16', '--calm', CALM])
  await drill.say('traces oldest GET /propagation')
  const whole = await drill.say('trace 1')
  t.match(whole, /5 spans in course-app, partner/, 'at first a trace has both services')
  const portBefore = /server\.port +(\d+)/.exec(await drill.say('span 2'))?.[1]
  await waitFor('a trace without the partner', async () => {
    await drill.say('traces newest GET /propagation')
    return /4 spans in course-app\n/.test(await drill.say('trace 3'))
  })
  const portAfter = /server\.port +(\d+)/.exec(await drill.say('span 2'))?.[1]
  t.not(portAfter, portBefore)
  const alone = await drill.traces('oldest GET /hop')
  t.ok(alone.every(({ root, spans }) => root === 'GET /hop [partner]' && spans === 1))
  const { hops } = (await (await fetch(`${drill.url}/propagation`)).json()) as {
    hops: { traceparent: string | null }[]
  }
  t.strictSame(
    hops.map(({ traceparent }) => traceparent === null),
    [true, false],
  )

  await drill.answer('course-app', 'partner')
  await causeIs(drill, /traces of their own/)
  const began = alone[0]?.began ?? ''
  await drill.answer(muchLater(began), began)
  await drill.answer('1', '2')
  await drill.answer('x-request-id', 'traceparent')
  await causeIs(drill, /server\.port/)
  await causeIs(drill, /only the headers that it knows/)
})

t.test('7: many calls for one request that fails', { buffered: true }, async (t) => {
  const drill = await startDrill(t, ['7', '--seed', '17', '--calm', CALM])
  const failed = await waitFor('a request that failed', async () => {
    const found = await drill.traces('failed POST /v1/bookings')
    return found.length > 0 && found
  })
  const waterfall = await drill.say('trace 1')
  const calls = waterfall.match(/^ *\d+ .* GET .* 503/gm)?.length ?? 0
  const layers = waterfall.match(/ verify_customer /g)?.length ?? 0
  t.ok(layers >= 3 && calls >= 2 * layers, waterfall)
  const well = (await drill.traces('oldest POST /v1/bookings')).filter(({ root }) => !root.includes('ERROR'))
  t.ok(well.length > 0)
  t.ok((failed[0]?.spans ?? 0) > Math.max(...well.map(({ spans }) => spans)))
  const country = /url\.path +\/customers\/(\w+)/.exec(
    (await drill.say('traces failed POST /v1/bookings')) && (await drill.say('trace 1')) && (await drill.say('span 3')),
  )?.[1]
  const lines = await drill.requests({ route: '/v1/bookings', method: 'POST' })
  const first = lines.find(({ status }) => status === 503) as LogLine
  const began = Date.parse(first.time)
  const rate = (from: number, to: number) =>
    lines.filter(({ time }) => Date.parse(time) >= from && Date.parse(time) < to).length / (to - from)
  const [start, end] = [Date.parse(lines[0]?.time ?? ''), Date.parse(lines.at(-1)?.time ?? '') + 1]
  t.ok(rate(began, end) < 3 * rate(start, began), 'no more requests come in than before')

  await drill.answer('/hello', '/v1/bookings')
  await drill.answer(muchLater(startOf(first)), startOf(first))
  await drill.answer('XX', country ?? '')
  await drill.answer('1', String(calls))
  await causeIs(drill, /as many as before/)
  await causeIs(drill, /Two layers/)
})

t.test('8: a statement that reads too much', { buffered: true }, async (t) => {
  const drill = await startDrill(t, ['8', '--seed', '18', '--calm', CALM])
  const mean = async () => {
    const labels = { operation: 'SELECT', table: 'bookings' }
    const [sum, count] = ['sum', 'count'].map((of) => `db_client_operation_duration_seconds_${of}`) as [string, string]
    const scrapes = [...(await drill.scrapes()), await drill.metrics()]
    const at = scrapes.map((found) => [found.total(sum, labels), found.total(count, labels)] as const)
    return { at }
  }
  const { at } = await mean()
  const [start, ...later] = at as [readonly [number, number], ...(readonly [number, number])[]]
  const end = later.at(-1) as readonly [number, number]
  const before = start[0] / start[1]
  const after = (end[0] - start[0]) / (end[1] - start[1])
  t.ok(after > 2 * before, `a statement took ${before} s on the average at first, and ${after} s then`)
  t.equal(
    (await drill.metrics()).samples('db_client_operation_duration_seconds_count', { operation: 'DROP' }).length,
    1,
  )

  const lines = await drill.requests({ route: '/v1/bookings', method: 'GET' })
  const typical = median(latencies(lines.slice(0, 15)))
  const first = firstOfSlow(lines, 2.5 * typical, 4)
  const [slowest] = await drill.traces('slowest GET /v1/bookings')
  t.equal(slowest?.spans, 2, 'one statement')
  await drill.say('trace 1')
  const column = /where "bookings"\."(\w+)" =/.exec(await drill.say('span 2'))?.[1] ?? ''

  await drill.answer('/hello', '/v1/bookings')
  await drill.answer(muchLater(startOf(first)), startOf(first))
  await causeIs(drill, /On one statement/)
  await drill.answer('created_at', column)
  await causeIs(drill, /No index leads/)
})
