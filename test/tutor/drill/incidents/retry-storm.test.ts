import t from 'tap'
import type { LogLine } from '../../../../testkit/log-file.ts'
import { waitFor } from '../../../../testkit/wait-for.ts'
import { CALM, causeIs, muchLater, startDrill, startOf, tryDebrief } from '../drill-process.ts'

t.test('7: many calls for one failed request', async (t) => {
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
  const country = /url\.path = \/customers\/(\w+)/.exec(
    (await drill.say('traces failed POST /v1/bookings')) && (await drill.say('trace 1')) && (await drill.say('span 3')),
  )?.[1]
  const lines = await drill.requests({ route: '/v1/bookings', method: 'POST' })
  const first = lines.find(({ status }) => status === 503) as LogLine
  const began = Date.parse(first.time)
  const rate = (from: number, to: number) =>
    lines.filter(({ time }) => Date.parse(time) >= from && Date.parse(time) < to).length / (to - from)
  const [start, end] = [Date.parse(lines[0]?.time ?? ''), Date.parse(lines.at(-1)?.time ?? '') + 1]
  t.ok(rate(began, end) < 3 * rate(start, began), 'no more requests come in than before')

  await drill.citeInVain(`request ${first.request_id}`, /symptom/)
  await drill.cite(`trace ${first.trace_id} shows it`)
  await drill.askForQuestions()
  await drill.answer('/hello', '/v1/bookings')
  await drill.answer(muchLater(startOf(first)), startOf(first))
  await drill.answer('XX', country ?? '')
  await drill.answer('1', String(calls))
  await causeIs(drill, /about as many as before/)
  await causeIs(drill, /Two layers/)
  await tryDebrief(t, drill)
})
