import { readFileSync } from 'node:fs'
import t from 'tap'
import { INSTRUMENTATION_VERSION } from '../../phases/4-tracing/instrumentation.ts'
import { isRegistered } from '../../testkit/attribute-registry.ts'

t.test('the instrumentation’s version is that of the package', async (t) => {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'))
  t.equal(INSTRUMENTATION_VERSION, version)
})

t.test('knows registered attributes and no others', async (t) => {
  for (const name of ['server.address', 'rpc.status_code', 'http.request.header.accept']) t.ok(isRegistered(name), name)
  for (const name of ['rpc.response.status_code', 'db.statement', 'request_id', 'http.request.header.'])
    t.notOk(isRegistered(name), name)
})
