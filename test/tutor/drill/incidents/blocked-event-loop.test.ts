import t from 'tap'
import type { LogLine } from '../../../../testkit/log-file.ts'
import { waitFor } from '../../../../testkit/wait-for.ts'
import { CALM, causeIs, type DrillProcess, muchLater, startDrill, startOf, tryDebrief } from '../drill-process.ts'

t.test('4: computation that blocks the event loop longer and longer', async (t) => {
  const drill = await startDrill(t, ['4', '--seed', '14', '--calm', CALM])
  for (let customers = 0; customers < 15; customers++) await bookSeat(drill.url)
  // Time that no span covers is computation, however busy the machine is.
  const steps = ['', '/:booking_id:reserve', '/:booking_id:complete'].map((step) => `/v1/bookings${step}`)
  const gaps: { route: string; first: number; last: number }[] = []
  for (const route of steps) {
    const [oldest = Number.NaN] = await gapsOf(drill, `oldest POST ${route}`, 3)
    gaps.push({ route, first: oldest, last: Math.min(...(await gapsOf(drill, `newest POST ${route}`, 3))) })
  }
  const [guilty, other] = gaps.toSorted((a, b) => b.last - a.last) as [(typeof gaps)[0], (typeof gaps)[0]]
  t.ok(guilty.last > 4 * Math.max(other.last, guilty.first), JSON.stringify(gaps))
  t.equal((await drill.traces('slowest GET /hello'))[0]?.spans, 1, 'victims have nothing to show for it')
  const lags = (await drill.scrapes()).map((found) => found.value('nodejs_eventloop_lag_max_seconds') ?? 0)
  t.ok(Math.max(...lags.slice(1)) > (guilty.last / 1000) * 0.5, 'the lag says so too')

  // Question 1: the caller of /hello waited, and neither the server's log nor its traces contain the wait.
  const { waited, latency } = await waitFor(
    'a call of /hello that took several times as long as its line says',
    async () => {
      await bookSeat(drill.url)
      const { slowest = 0, requestId } = (await drill.clients()).find(({ route }) => route === 'GET /hello') ?? {}
      const [line] = await drill.requests({ request_id: String(requestId) })
      const found = { waited: slowest, latency: Number(line?.latency) }
      return found.waited > 50 && found.waited > 3 * found.latency && found
    },
    { timeout: 60_000 },
  )
  t.comment(`the caller waited ${waited} ms, and the log says ${latency} ms`)
  t.equal((await drill.requests({ status: 503 })).length, 0, 'the overload guard refuses none of them')
  t.equal((await drill.metrics()).samples('http_server_request_count_total', { status: '503' }).length, 0)

  await drill.say('traces oldest GET /hello')
  await drill.citeInVain('see trace 1', /ordinary|symptom/)
  await drill.say(`traces newest POST ${guilty.route}`)
  await drill.cite('see trace 1')
  await drill.askForQuestions()
  await causeIs(drill, /waited several times as long as the latency/)
  await causeIs(drill, /waited in the kernel until the server read it/)
  await drill.answer('nodejs_eventloop_lag_seconds', 'nodejs_eventloop_lag_max_seconds')
  await drill.answer('/hello', guilty.route)
  const lines = await drill.requests({ route: guilty.route, method: 'POST' })
  const began = startOf(lines.at(Math.min(3, lines.length - 1)) as LogLine)
  await drill.answer(muchLater(began), began)
  await causeIs(drill, /in the one thread/)
  t.match(await tryDebrief(t, drill), /compares each booking/)
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

/** For the first traces of a list: milliseconds of the root span that no child covers. */
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
