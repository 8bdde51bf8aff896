import t from 'tap'
import type { LogLine } from '../../../../testkit/log-file.ts'
import { waitFor } from '../../../../testkit/wait-for.ts'
import { CALM, causeIs, muchLater, startDrill, startedAt, startOf, tryDebrief } from '../drill-process.ts'

t.test('2: repeated bursts of cache misses', async (t) => {
  const drill = await startDrill(t, ['2', '--seed', '12', '--calm', CALM])
  const misses = async () =>
    (await drill.metrics()).value('cache_requests_total', { operation: 'GET', result: 'miss' }) ?? 0
  const calls = async () =>
    (await drill.requests({ route: '/v1/courses/:course_id' })).filter(({ latency }) => Number(latency) > 300)
  // In each burst, requests queue behind each other.
  const moments = await waitFor(
    'three such moments',
    async () => {
      const starts: LogLine[] = []
      for (const line of await calls()) {
        const last = starts.at(-1)
        if (last === undefined || Date.parse(line.time) - Date.parse(last.time) > 3000) starts.push(line)
      }
      return starts.length >= 3 && starts
    },
    { timeout: 60_000 },
  )
  const [first, second, third] = moments as [LogLine, LogLine, LogLine]
  const seconds = (from: LogLine, to: LogLine) => (Date.parse(to.time) - Date.parse(from.time)) / 1000
  t.equal(first.path, second.path)
  const courseId = String(first.path).slice(-36)
  // A burst may be missing, when a single request refilled the cache.
  const apart = Math.min(seconds(first, second), seconds(second, third))

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

  const kept = (await drill.scrapes()).map(
    (found) => found.value('cache_requests_total', { operation: 'GET', result: 'miss' }) ?? 0,
  )
  const jumps = kept.slice(1).map((now, index) => now - (kept[index] as number))
  t.ok(jumps.filter((jump) => jump >= 8).length >= 2, `the kept scrapes show the jumps: ${jumps.join()}`)
  t.ok(
    jumps.some((jump) => jump < 4),
    'and that the counter stands still between',
  )

  const crowd = (await drill.requests({ path: String(first.path) })).filter(
    (line) => Math.abs(startedAt(line) - startedAt(second)) < 300,
  ).length
  await drill.say('traces oldest GET /v1/courses/:course_id')
  await drill.citeInVain('see trace 1', /ordinary/)
  await drill.say('traces slowest GET /v1/courses/:course_id')
  await drill.cite('see trace 1')
  await drill.askForQuestions()
  await drill.answer('01943ad7-aa80-7001-8000-0000000000ff', courseId)
  await drill.answer(muchLater(startOf(first)), startOf(first))
  await drill.answer('60', String(apart))
  await drill.answer('1', String(crowd))
  await causeIs(drill, /loads it again/)
  await tryDebrief(t, drill)
})
