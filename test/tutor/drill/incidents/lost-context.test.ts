import t from 'tap'
import { waitFor } from '../../../../testkit/wait-for.ts'
import { CALM, causeIs, muchLater, startDrill, tryDebrief } from '../drill-process.ts'

t.test('6: a split trace', async (t) => {
  const drill = await startDrill(t, ['6', '--seed', '16', '--calm', CALM])
  await drill.say('traces oldest GET /propagation')
  const whole = await drill.say('trace 1')
  t.match(whole, /5 spans in course-app, partner/, 'at first a trace has both services')
  const portBefore = /server\.port = (\d+)/.exec(await drill.say('span 2'))?.[1]
  await waitFor('a trace without the partner', async () => {
    await drill.say('traces newest GET /propagation')
    return /4 spans in course-app\n/.test(await drill.say('trace 3'))
  })
  const portAfter = /server\.port = (\d+)/.exec(await drill.say('span 2'))?.[1]
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

  await drill.say('traces oldest GET /propagation')
  await drill.citeInVain('see trace 1', /partner are in it/)
  await drill.say('traces newest GET /propagation')
  await drill.cite('see trace 3')
  await drill.askForQuestions()
  await drill.answer('course-app', 'partner')
  await causeIs(drill, /separate traces/)
  const began = alone[0]?.began ?? ''
  await drill.answer(muchLater(began), began)
  await drill.answer('1', '2')
  await drill.answer('x-request-id', 'traceparent')
  await causeIs(drill, /server\.port/)
  await causeIs(drill, /only the headers that it knows/)
  await tryDebrief(t, drill)
})
