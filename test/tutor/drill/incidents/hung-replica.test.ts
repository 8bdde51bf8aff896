import t from 'tap'
import type { LogLine } from '../../../../testkit/log-file.ts'
import { waitFor } from '../../../../testkit/wait-for.ts'
import { CALM, causeIs, muchLater, startDrill, startOf, tryDebrief } from '../drill-process.ts'

t.test('9: a replica that does not answer, and warnings that began with it', async (t) => {
  const drill = await startDrill(t, ['9', '--seed', '19', '--calm', CALM])
  const isSlow = ({ latency }: LogLine) => Number(latency) > 550
  const booking = () => drill.requests({ route: '/v1/bookings', method: 'POST' })
  await waitFor('four slow bookings', async () => (await booking()).filter(isSlow).length >= 4)
  const lines = await booking()
  const first = lines.find(isSlow) as (typeof lines)[0]
  t.ok(lines.indexOf(first) > 0, 'at first none is slow')
  t.ok(
    lines.every(({ status }) => status === 201),
    'none fails',
  )

  // The red herring: as many fast requests have a warning as slow ones.
  const warnings = await drill.say('ask sum by (route) (count_over_time({level="warn"} | json [1m]))')
  t.match(warnings, /^\/v1\/courses\/:course_id +\d+$/m, 'other routes have warnings too')
  const fast = await drill.requests({ route: '/v1/courses' })
  t.ok(fast.filter((line) => !isSlow(line)).length > fast.length / 2, 'and are not slow')
  t.match(await drill.say('The rotation of the key'), /began in the same second/)

  await drill.say('traces slowest POST /v1/bookings')
  const waterfall = await drill.say('trace 1')
  const [, line, waited = ''] = /^ *(\d+) +[\d.]+ ms +([\d.]+) ms +POST +course-app/m.exec(waterfall) ?? []
  t.match(await drill.say(`span ${line}`), /url\.path = \/fraud-checks[\s\S]*error\.type = TimeoutError/)
  await drill.cite('see trace 1')
  await drill.say('traces oldest POST /v1/bookings')
  await drill.citeInVain('see trace 1', /ordinary/)
  await drill.citeInVain(`request ${first.request_id}`, /symptom/)

  await drill.askForQuestions()
  await drill.answer('/hello', '/v1/bookings')
  await drill.answer(muchLater(startOf(first)), startOf(first))
  await causeIs(drill, /fast ones and slow ones alike/)
  await drill.answer('5', waited)
  await drill.answer('url.path', 'server.port')
  await drill.answer('90', '33')
  await causeIs(drill, /One replica/)
  t.match(await tryDebrief(t, drill), /leave the key where it is/)
})
