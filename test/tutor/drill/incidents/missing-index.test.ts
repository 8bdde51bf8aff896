import t from 'tap'
import type { Exposition } from '../../../../testkit/openmetrics.ts'
import {
  CALM,
  causeIs,
  firstOfSlow,
  latencies,
  median,
  muchLater,
  startDrill,
  startOf,
  tryDebrief,
} from '../drill-process.ts'

t.test('8: a statement that reads too many rows', async (t) => {
  const drill = await startDrill(t, ['8', '--seed', '18', '--calm', CALM])
  const [start] = (await drill.scrapes()) as [Exposition]
  const quick = (found: Exposition) => {
    const labels = { operation: 'SELECT', table: 'bookings' }
    const upTo = found.total('db_client_operation_duration_seconds_bucket', { ...labels, le: '0.005' })
    return [upTo, found.total('db_client_operation_duration_seconds_count', labels)] as const
  }
  const [quickBefore, allBefore] = quick(start)
  const [quickAfter, allAfter] = quick(await drill.metrics())
  const share = [quickBefore / allBefore, (quickAfter - quickBefore) / (allAfter - allBefore)] as const
  t.ok(share[1] < share[0], `of the statements ${share.join(', then ')} took at most 5 ms`)
  t.equal(
    (await drill.metrics()).samples('db_client_operation_duration_seconds_count', { operation: 'DROP' }).length,
    1,
  )

  const lines = await drill.requests({ route: '/v1/bookings', method: 'GET' })
  const typical = median(latencies(lines.slice(0, 15)))
  const first = firstOfSlow(lines, 2.5 * typical, 4)
  const slow = (await drill.traces('slowest GET /v1/bookings')).slice(0, 7)
  t.ok(
    slow.every(({ spans }) => spans === 2),
    'one statement each',
  )
  const columns: string[] = []
  for (const [index] of slow.entries()) {
    await drill.say(`trace ${index + 1}`)
    columns.push(/where "bookings"\."(\w+)" =/.exec(await drill.say('span 2'))?.[1] ?? 'none')
  }
  // A request with the other filter may have waited for these.
  const column = columns.toSorted((a, b) => countOf(columns, b) - countOf(columns, a))[0] as string

  await drill.say('traces oldest GET /v1/bookings')
  await drill.citeInVain('see trace 1', /ordinary/)
  await drill.say('traces slowest GET /v1/bookings')
  await drill.cite(`see trace ${columns.indexOf(column) + 1}`)
  await drill.askForQuestions()
  await drill.answer('/hello', '/v1/bookings')
  await drill.answer(muchLater(startOf(first)), startOf(first))
  await causeIs(drill, /On one statement/)
  await drill.answer('created_at', column)
  await causeIs(drill, /no longer an index/)
  await tryDebrief(t, drill)
})

function countOf(columns: readonly string[], column: string): number {
  return columns.filter((each) => each === column).length
}
