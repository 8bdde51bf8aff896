import t from 'tap'
import type { Events, State } from '../../lab/wire.ts'
import { quickStart, startApp } from '../../testkit/app-process.ts'
import { type EventStream, openEventStream } from '../../testkit/event-stream.ts'
import { httpClient } from '../../testkit/http.ts'
import { waitFor } from '../../testkit/wait-for.ts'

/** More than the buffers of a loopback connection hold. */
const TOO_MUCH = 24 * 1024 * 1024

t.test('live events', async (t) => {
  const app = await startApp(t, { env: { ...quickStart, LOG_LEVEL: 'debug' } })
  const { send, getJson } = httpClient(t)
  const url = `${app.url}/lab/api/events`
  const hello = async (id: string) => await send(`${app.url}/hello`, { headers: { 'x-request-id': id } })
  const isOf = (id: string) => (data: Events['log']) =>
    data.lines.some(({ fields: { request_id, message } }) => request_id === id && message === 'request completed')
  /** The ids of completed requests, in order. */
  const requestsIn = ({ events }: EventStream) =>
    events
      .filter(({ event }) => event === 'log')
      .flatMap(({ data }) => (JSON.parse(data) as Events['log']).lines)
      .filter(({ fields: { message, path } }) => message === 'request completed' && path === '/hello')
      .map(({ fields: { request_id } }) => request_id)

  await t.test('arrive as things happen', async (t) => {
    const stream = await openEventStream(t, url)
    t.match(stream.response.headers, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    t.match(await stream.next<State>('state'), { phase: { number: 5 } })
    await hello('live')
    t.ok(await stream.next('log', isOf('live')))
    const { traces } = await stream.next<Events['trace']>('trace', (data) =>
      data.traces.some(({ request_id }) => request_id === 'live'),
    )
    const [trace] = traces.filter(({ request_id }) => request_id === 'live')
    t.match(trace, { name: 'GET /hello', finished: true })
    const { sample } = await stream.next<Events['metrics']>(
      'metrics',
      (data) => (data.sample.routes['/hello']?.requests ?? 0) >= 1,
    )
    t.equal(sample.routes['/hello']?.server_errors, 0)
    t.ok(
      await stream.next<Events['metrics']>('metrics', ({ exemplars }) =>
        exemplars.some(({ trace_id }) => trace_id === trace?.trace_id),
      ),
      'with the exemplar',
    )
    await stream.next('heartbeat')
    const beats = () => stream.events.filter(({ event }) => event === 'heartbeat').length
    await waitFor('a second heartbeat', () => beats() >= 2)
    stream.close()
  })

  await t.test('resume where a reader stopped, without gaps or duplicates', async (t) => {
    const first = await openEventStream(t, url)
    await first.next('state')
    for (const id of ['r1', 'r2', 'r3']) await hello(id)
    await first.next('log', isOf('r3'))
    first.close()
    const last = first.events.at(-1)?.id as string
    for (const id of ['r4', 'r5']) await hello(id)

    const second = await openEventStream(t, url, { headers: { 'last-event-id': last } })
    await second.next('log', isOf('r5'))
    await hello('r6')
    await second.next('log', isOf('r6'))
    t.strictSame(requestsIn(first), ['r1', 'r2', 'r3'])
    t.strictSame(requestsIn(second), ['r4', 'r5', 'r6'])

    const third = await openEventStream(t, `${url}?after=${last}`)
    await third.next('log', isOf('r6'))
    t.strictSame(requestsIn(third), ['r4', 'r5', 'r6'], 'the same by query')
    second.close()
    third.close()
  })

  await t.test('are complete from the cursor in the state', async (t) => {
    const { body } = await getJson<State>(`${app.url}/lab/api/state`)
    await hello('between')
    const stream = await openEventStream(t, `${url}?after=${body.cursor}`)
    t.ok(await stream.next('log', isOf('between')))
    stream.close()
  })

  await t.test('accept any cursor', async (t) => {
    const { body } = await getJson<State>(`${app.url}/lab/api/state`)
    for (const cursor of [
      '',
      'x',
      'a.b.c.d',
      `${body.instance}.x.y.z`,
      `${body.instance}.-1.-1.-1`,
      `${body.instance}.1e99.9.9`,
    ]) {
      const stream = await openEventStream(t, url, { headers: { 'last-event-id': cursor } })
      t.match(await stream.next<State>('state'), { instance: body.instance }, cursor)
      stream.close()
    }
    t.equal((await send(`${url}?after=${'x'.repeat(500)}`)).status, 400)
  })

  await t.test('a slow reader is disconnected, others are not', async (t) => {
    const slow = await openEventStream(t, url, { paused: true })
    const quick = await openEventStream(t, url)
    const filler = 'x'.repeat(12_000) // at this level the log has the headers of a request
    while (quick.received < TOO_MUCH) {
      const requests = Array.from({ length: 50 }, () => send(`${app.url}/hello`, { headers: { filler } }))
      await Promise.all(requests)
    }
    slow.response.resume()
    await waitFor('the end of the slow one', () => slow.isClosed)
    t.notOk(slow.response.complete, 'it was cut off')
    t.notOk(quick.isClosed)
    await hello('after')
    await quick.next('log', isOf('after'))

    const last = slow.events.at(-1)?.id as string
    const again = await openEventStream(t, url, { headers: { 'last-event-id': last } })
    const missed = await again.next<Events['log']>('log')
    t.ok(missed.gap, 'it may come back, and is told that lines are missing')
    quick.close()
    again.close()
  })

  await t.test('are limited to a number of readers, and accept another when one leaves', async (t) => {
    const streams: EventStream[] = []
    const opened = async () => {
      const stream = await openEventStream(t, url)
      streams.push(stream)
      return stream.response.statusCode
    }
    await waitFor('the limit', async () => (await opened()) === 503)
    t.equal(streams.length, 17)
    for (const stream of streams) stream.close()
    await waitFor('room', async () => (await opened()) === 200)
  })
})
