import t from 'tap'
import type { LogLine } from '../../../../testkit/log-file.ts'
import {
  CALM,
  causeIs,
  type DrillProcess,
  latencies,
  median,
  muchLater,
  startDrill,
  startOf,
  tryDebrief,
} from '../drill-process.ts'

t.test('1: many statements for one request', async (t) => {
  const drill = await startDrill(t, ['1', '--seed', '11', '--calm', CALM])
  const before = await drill.traces('oldest GET /v1/courses')
  t.ok(
    before.slice(0, 3).every(({ spans }) => spans <= 3),
    'at first a request and at most two statements',
  )
  const many = (await drill.traces('largest GET /v1/courses'))[0]
  const statements = (many?.spans ?? 0) - 1
  t.ok(statements > 50, `${statements} statements for one request`)
  t.equal((await drill.traces('largest GET /v1/bookings'))[0]?.spans, 2, 'other routes have as many as ever')

  const waterfall = (await drill.say('traces largest GET /v1/courses')) && (await drill.say('trace 1'))
  const table = /… \d+ more SELECT (\w+)/.exec(waterfall)?.[1] ?? ''
  t.match(await drill.say('span 2'), /db\.query\.text = select .* from "courses"/)

  // Two kinds of requests share the route. The first slow one has many statements.
  const lines = await drill.requests({ route: '/v1/courses', method: 'GET' })
  const typical = median(latencies(lines.slice(0, 6)))
  t.ok(Math.max(...latencies(lines.slice(-8))) > 3 * typical, 'and it shows in the latency')

  await drill.say('traces oldest GET /v1/courses')
  await drill.citeInVain('see trace 1', /ordinary|as it should be/)
  await drill.say('ask sum by (table) (rate(db_client_operation_duration_seconds_count{operation="SELECT"}[30s]))')
  await drill.cite('ask 1 shows it')
  await drill.askForQuestions()
  await drill.answer('/hello', 'GET /v1/courses')
  const first = (await drill.say('traces oldest GET /v1/courses')) && (await firstLargeTrace(drill, lines))
  await drill.answer(muchLater(first), first)
  await drill.answer('2', String(statements))
  await drill.answer('courses', table)
  await causeIs(drill, /course by course/)
  await tryDebrief(t, drill)
})

/** The first request of a route whose trace has many spans. */
async function firstLargeTrace(drill: DrillProcess, lines: readonly LogLine[]): Promise<string> {
  for (const line of lines) {
    const spans = /(\d+) spans/.exec(await drill.say(`trace ${line.trace_id}`))?.[1]
    if (Number(spans) > 10) return startOf(line)
  }
  throw new Error('no request has a large trace')
}
