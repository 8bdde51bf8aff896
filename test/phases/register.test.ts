import { tracingChannel } from 'node:diagnostics_channel'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { announce, type Progress, type Tracing } from '../../phases/announcements.ts'
import { openObservability } from '../../phases/register.ts'
import { loadPhase } from '../../src/load-phase.ts'

/** Sets variables until the test is over. */
function setEnv(t: Test, variables: Readonly<Record<string, string>>): void {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const)
  t.teardown(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  })
  Object.assign(process.env, variables)
}

t.test('a setting that cannot work is an error of one line that says what to do', async (t) => {
  const phase = await loadPhase(5)
  const cases: [name: string, value: string, message: RegExp][] = [
    ['LOG_LEVEL', 'loud', /^LOG_LEVEL: "loud" does not work\. Set LOG_LEVEL to trace, .+ or silent\.$/],
    [
      'LOG_FILE',
      '/dev/null/app.log',
      /^LOG_FILE cannot be written \(.+\)\. Set it to a file that can be, or leave it unset\.$/,
    ],
    [
      'LOG_FILE_MAX_BYTES',
      '10M',
      /^LOG_FILE_MAX_BYTES: "10M" does not work\. Set .+ a whole number from 1024 to \d+\.$/,
    ],
    ['LOG_FILE_MAX_BYTES', '1', /^LOG_FILE_MAX_BYTES: "1" does not work\./],
    ['LOG_FILE_COUNT', '101', /^LOG_FILE_COUNT: "101" does not work\. .+ from 1 to 100\.$/],
    ['OTEL_RESOURCE_ATTRIBUTES', 'a=1,b', /^OTEL_RESOURCE_ATTRIBUTES: "b" does not work\. .+percent-encode.+\.$/],
    ['OTEL_RESOURCE_ATTRIBUTES', 'a=%', /^OTEL_RESOURCE_ATTRIBUTES: "a=%" does not work\./],
  ]
  for (const [name, value, message] of cases) {
    t.test(`${name}=${value}`, async (t) => {
      setEnv(t, { [name]: value })
      t.throws(() => openObservability(phase, { serviceName: 'shop' }), { name: 'ConfigError', message })
    })
  }
})

t.test("the service's name is OTEL_SERVICE_NAME, else service.name, else the one that is passed", async (t) => {
  const nameOf = async (t: Test, env: Record<string, string>) => {
    setEnv(t, { LOG_LEVEL: 'silent', ...env })
    const observability = openObservability(await loadPhase(3), { serviceName: 'passed' })
    const app = Fastify({ ...observability.options })
    app.register(observability.plugin)
    const { body } = await app.inject('/metrics')
    await app.close()
    return /service_name="([^"]*)"/.exec(body)?.[1]
  }
  await t.test('argument', async (t) => {
    t.equal(await nameOf(t, {}), 'passed')
  })
  await t.test('attribute', async (t) => {
    t.equal(await nameOf(t, { OTEL_RESOURCE_ATTRIBUTES: 'service.name=of%20all' }), 'of all')
  })
  await t.test('variable', async (t) => {
    const OTEL_RESOURCE_ATTRIBUTES = 'service.name=other'
    t.equal(await nameOf(t, { OTEL_SERVICE_NAME: 'variable', OTEL_RESOURCE_ATTRIBUTES }), 'variable')
  })
})

t.test('an app with another logger is told how to get this one', async (t) => {
  setEnv(t, { LOG_LEVEL: 'silent' })
  const { plugin } = openObservability(await loadPhase(2), { serviceName: 'shop' })
  const app = Fastify()
  app.register(plugin)
  await t.rejects(async () => await app.ready(), {
    message: /another logger\. Create it with Fastify\(\{ \.\.\.observability\.options \}\)/,
  })
})

t.test('phase 0 has no logger, and changes nothing', async (t) => {
  const { options, plugin } = openObservability(await loadPhase(0), { serviceName: 'shop' })
  t.same(options, {})
  const app = Fastify({ ...options })
  app.register(plugin)
  app.get('/', async () => 'hello')
  t.equal((await app.inject('/')).body, 'hello')
  await app.close()
})

t.test('a promise that starts its work when it is awaited is announced like any other', async (t) => {
  const channel = tracingChannel('test:lazy') as unknown as Tracing<object>
  const ended: unknown[] = []
  const asyncEnd = ({ result }: Progress) => ended.push(result)
  channel.asyncEnd.subscribe(asyncEnd as never)
  t.teardown(() => channel.asyncEnd.unsubscribe(asyncEnd as never))

  t.equal(await announce(channel, {}, () => new LazyQuery()), 'rows')
  t.same(ended, ['rows'])
})

/** As a query of postgres.js: a promise that is not sent before somebody calls `then`. */
class LazyQuery extends Promise<string> {
  static override get [Symbol.species]() {
    return Promise
  }
  #resolve: (rows: string) => void

  constructor() {
    let resolve: (rows: string) => void = () => {}
    super((settle) => {
      resolve = settle
    })
    this.#resolve = resolve
  }

  // biome-ignore lint/suspicious/noThenProperty: this is what such a promise overrides
  override then(...args: never[]): never {
    this.#resolve('rows')
    return super.then(...args) as never
  }
}
