import t from 'tap'
import type { LogLine } from '../../../../testkit/log-file.ts'
import { waitFor } from '../../../../testkit/wait-for.ts'
import { CALM, causeIs, latencies, median, muchLater, startDrill, startOf, tryDebrief } from '../drill-process.ts'

t.test('3: all requests wait for a connection that waits for another service', async (t) => {
  const drill = await startDrill(t, ['3', '--seed', '13', '--calm', CALM])
  const completing = () => drill.requests({ route: '/v1/bookings/:booking_id:complete' })
  t.ok(Number((await completing())[0]?.latency) < 400, 'at first a payment is quick')
  const slow = await waitFor('two slow payments', async () => {
    const found = (await completing()).filter(({ latency }) => Number(latency) > 700)
    return found.length >= 2 && found
  })
  const [firstSlow] = slow as [LogLine]
  const lists = await drill.requests({ route: '/v1/courses' })
  t.ok(
    lists.some(({ latency }) => Number(latency) > 300),
    'lists wait, which call no other service',
  )
  const greetings = await drill.requests({ route: '/hello' })
  t.ok(median(latencies(greetings.slice(-6))) < 100, '/hello does not')

  const [worst] = await drill.traces('slowest GET /v1/courses')
  t.ok(worst !== undefined && worst.spans <= 4, 'the victim has no more statements than before')
  const victim = await drill.say('trace 1')
  const waited = Number(/([\d.]+) ms +wait for database connection/.exec(victim)?.[1])
  t.ok(waited > 0.5 * (worst?.took ?? 0), victim)
  t.ok(Number(/([\d.]+) ms +SELECT courses/.exec(victim)?.[1]) < waited / 2, 'its statement is not what takes long')
  await drill.say('traces slowest :complete')
  const culprit = await drill.say('trace 1')
  t.match(culprit, /BEGIN[\s\S]*SELECT bookings[\s\S]* POST [\s\S]*COMMIT[\s\S]*UPDATE bookings/)
  const line = (name: string) => new RegExp(`^ *(\\d+) .* ms +${name} {2}`, 'm').exec(culprit)?.[1] ?? ''
  const select = await drill.say(`span ${line('SELECT bookings')}`)
  t.match(select, /db\.query\.text .* for update\n/, 'locked for as long as the transaction lasts')
  const path = /url\.path = (\S+)/.exec(await drill.say(`span ${line('POST')}`))?.[1] ?? ''
  const took: number[] = []
  for (const nth of [1, 2, 3, 4, 5]) {
    const call = /([\d.]+) ms +POST {2}/.exec(await drill.say(`trace ${nth}`))
    if (call !== null) took.push(Number(call[1]))
  }

  await drill.say('traces slowest GET /v1/courses')
  await drill.citeInVain('see trace 1', /victim/)
  await drill.say('traces slowest :complete')
  await drill.cite('see trace 1')
  await drill.askForQuestions()
  await drill.answer('/v1/courses', '/hello')
  await drill.answer(muchLater(startOf(firstSlow)), startOf(firstSlow))
  await causeIs(drill, /waiting for a connection/)
  await drill.answer('/v1/courses', '/v1/bookings/:booking_id:complete')
  await drill.answer('/status/200', path)
  await drill.answer('5', String(median(took)))
  await causeIs(drill, /keeps its connection/)
  const debrief = await tryDebrief(t, drill)
  t.match(debrief, /this one lasts from BEGIN to the end of COMMIT\./)
})
