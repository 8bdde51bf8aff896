import t from 'tap'
import { quickStart, startApp } from '../../testkit/app-process.ts'
import { openEventStream } from '../../testkit/event-stream.ts'
import { httpClient } from '../../testkit/http.ts'

t.jobs = 2
const { send } = httpClient(t)

const ways: readonly [name: string, env: Record<string, string>, isOn: boolean][] = [
  ['LAB=off', { LAB: 'off' }, false],
  ['production', { NODE_ENV: 'production' }, false],
  ['production with LAB=on', { NODE_ENV: 'production', LAB: 'on' }, true],
]

for (const [name, env, isOn] of ways) {
  t.test(name, { buffered: true }, async (t) => {
    const app = await startApp(t, { env: { ...quickStart, ...env } })
    t.equal(/^ +Lab +http/m.test(app.stderr()), isOn, 'the banner')
    for (const path of ['state', 'logs', 'events'].filter((path) => !isOn || path !== 'events'))
      t.equal((await send(`${app.url}/lab/api/${path}`)).status, isOn ? 200 : 404, path)
    for (const path of ['prometheus/api/v1/labels', 'prometheus/-/ready', 'loki/api/v1/labels'])
      t.equal((await send(`${app.url}/lab/${path}`)).status, isOn ? 200 : 404, path)
    if (!isOn) {
      t.match(await send(`${app.url}/`), { status: 302, headers: { location: '/swagger' } })
      return
    }
    t.not((await send(`${app.url}/`)).status, 302)
    const stream = await openEventStream(t, `${app.url}/lab/api/events`)
    await stream.next('state')
    t.match(await app.stop(), { code: 0 }, 'an open page does not keep it from stopping')
    t.ok(stream.isClosed)
  })
}
