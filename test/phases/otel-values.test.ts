import Fastify from 'fastify'
import t from 'tap'
import { HONOURED_NAMES, otelVariables } from '../../phases/4-tracing/otel-variables.ts'
import { partnerScript, runApp } from '../../testkit/app-process.ts'
import { bareConfig } from '../platform/local-server.ts'

const config = bareConfig()

/** Why an app does not start with these variables; undefined if it does. */
async function refusal(variables: Record<string, string>): Promise<Error | undefined> {
  const before = { ...process.env }
  Object.assign(process.env, variables)
  const app = Fastify()
  try {
    await app.register(otelVariables, { backend: 'otlp', config })
    return undefined
  } catch (error) {
    return error as Error
  } finally {
    process.env = before
    await app.close()
  }
}

t.test('every number is validated', async (t) => {
  const names = HONOURED_NAMES.filter((name) => /_(LIMIT|SIZE|DELAY|TIMEOUT|ARG)$/.test(name))
  t.ok(names.length > 13, 'they have been found')
  for (const name of names) {
    for (const value of ['abc', '-1', '5s', '0x10', 'Infinity', 'NaN', '9999999999']) {
      t.match(await refusal({ [name]: value }), {
        name: 'ConfigError',
        message: `${name}: ${JSON.stringify(value)} does not work. Set ${name} to `,
      })
    }
    for (const value of ['', ' ', '1', ' 1 ']) t.equal(await refusal({ [name]: value }), undefined, `${name}=${value}`)
  }
})

t.test('invalid values', async (t) => {
  for (const [name, ...values] of [
    ['OTEL_BSP_MAX_QUEUE_SIZE', '0'],
    ['OTEL_BSP_MAX_EXPORT_BATCH_SIZE', '0', '8193'],
    ['OTEL_BSP_EXPORT_TIMEOUT', '0'],
    ['OTEL_EXPORTER_OTLP_TIMEOUT', '0', '1.5'],
    ['OTEL_TRACES_SAMPLER_ARG', '5', '1.01', '1e1', '.', '50%'],
    ['OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS', ',', 'GET,,POST', 'GET POST'],
  ] as [string, ...string[]][])
    for (const value of values) t.match(await refusal({ [name]: value }), { message: `${name}: ` }, `${name}=${value}`)
  const batch = { OTEL_BSP_MAX_QUEUE_SIZE: '50', OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '51' }
  t.match(
    (await refusal(batch))?.message,
    'Set OTEL_BSP_MAX_EXPORT_BATCH_SIZE to 50 or less, or OTEL_BSP_MAX_QUEUE_SIZE to more.',
  )
})

t.test('valid values', async (t) => {
  for (const env of [
    { OTEL_BSP_MAX_QUEUE_SIZE: '50' }, // the larger default batch size is reduced
    { OTEL_BSP_MAX_QUEUE_SIZE: '50', OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '50' },
    { OTEL_BSP_SCHEDULE_DELAY: '0', OTEL_SPAN_EVENT_COUNT_LIMIT: '0' },
    { OTEL_TRACES_SAMPLER_ARG: '1e-3' },
    { OTEL_TRACES_SAMPLER_ARG: '.5' },
    { OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%20YWJj==,x-tenant=a' },
    { OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS: 'GET, PURGE' },
  ] as Record<string, string>[])
    t.equal(await refusal(env), undefined, JSON.stringify(env))
})

t.test('errors about headers do not contain their values, which are secrets', async (t) => {
  for (const list of ['s3cret', 'a=b,s3cret', '=s3cret', 'a=s3cret%zz', 'a b=s3cret', 'a=s3cret%0a'])
    for (const name of ['OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_EXPORTER_OTLP_TRACES_HEADERS']) {
      const error = await refusal({ [name]: list })
      t.match(error, { message: `${name}: ` }, list)
      t.notMatch(error?.message, 's3cret')
    }
})

t.test('an invalid value ends the start with one line and exit code 1', async (t) => {
  for (const [name, value] of [
    ['OTEL_BSP_MAX_EXPORT_BATCH_SIZE', '0'],
    ['OTEL_RESOURCE_ATTRIBUTES', 'a=b,broken'],
  ] as const) {
    const { code, stdout, stderr } = await runApp(t, { script: partnerScript, env: { [name]: value } })
    t.strictSame({ code, stdout }, { code: 1, stdout: '' })
    t.match(stderr, new RegExp(`^${name}: "\\w+" does not work\\. Set ${name} to [^\\n]+\\n$`))
  }
})
