import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import t from 'tap'
import type { StepAnnouncement } from '../../phases/announcements.ts'
import { slow } from '../../src/endpoints/slow.ts'
import { httpClient } from '../../testkit/http.ts'
import { localServer } from '../platform/local-server.ts'

t.test('GET /slow', async (t) => {
  const { url } = await localServer(t, (app) => app.register(slow))
  const { getJson } = httpClient(t)
  const timed = async (query: string) => {
    const start = performance.now()
    const response = await getJson(`${url}/slow${query}`)
    return { ...response, ms: performance.now() - start }
  }

  t.test('takes the requested time, half a second by default', async (t) => {
    for (const [query, ms] of [
      ['?ms=0', 0],
      ['?ms=120', 120],
      ['', 500],
    ] as const) {
      const answer = await timed(query)
      t.equal(answer.status, 200)
      t.strictSame(answer.body, { message: 'slow operation completed', duration_ms: ms })
      t.ok(answer.ms >= ms - 3 && answer.ms < ms + 5000, `${answer.ms} ms for ${query}`) // timers fire up to 1 ms early, each
    }
  })

  t.test('spends 40 % in one step, then 60 % in the other', async (t) => {
    const heard: string[] = []
    const note = (what: string) => (announcement: unknown) => {
      const { name, attributes } = announcement as StepAnnouncement
      heard.push(`${what} ${name} ${JSON.stringify(attributes)}`)
    }
    const [began, ended] = [note('start'), note('end')]
    subscribe('tracing:course-app:step:start', began)
    subscribe('tracing:course-app:step:asyncEnd', ended)
    t.teardown(() => {
      unsubscribe('tracing:course-app:step:start', began)
      unsubscribe('tracing:course-app:step:asyncEnd', ended)
    })
    await timed('?ms=50')
    t.strictSame(heard, [
      'start database_query {"step.planned_ms":20}',
      'end database_query {"step.planned_ms":20}',
      'start external_api_call {"step.planned_ms":30}',
      'end external_api_call {"step.planned_ms":30}',
    ])
  })

  t.test('rejects anything but an integer from 0 to 10000, at once', async (t) => {
    for (const ms of [
      '-1',
      '10001',
      '1e9',
      '1e2',
      '0x10',
      '0b1',
      '+7',
      '%207',
      '1.5',
      'abc',
      '',
      'NaN',
      'Infinity',
      '10&ms=20',
      '999999999999999999999',
    ]) {
      const answer = await timed(`?ms=${ms}`)
      t.equal(answer.status, 400, ms)
      t.match(answer.body, { status: 400, errors: [{ path: '/ms', message: /\w/ }] }, ms)
      t.ok(answer.ms < 5000, ms)
    }
  })
})
