import t from 'tap'
import { HONOURED_NAMES } from '../../phases/4-tracing/otel-variables.ts'
import { ConfigError } from '../../src/config.ts'
import { checkOtelValues } from '../../src/platform/otel-values.ts'
import { partnerScript, runApp } from '../../testkit/app-process.ts'

function refusal(env: Record<string, string>): ConfigError | undefined {
  try {
    checkOtelValues(env)
    return undefined
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
}

t.test('every number that a phase honours is checked', async (t) => {
  const names = HONOURED_NAMES.filter((name) => /_(LIMIT|SIZE|DELAY|TIMEOUT|ARG)$/.test(name))
  t.ok(names.length > 13, 'they have been found')
  for (const name of names) {
    for (const value of ['abc', '-1', '5s', '0x10', 'Infinity', 'NaN', '9999999999']) {
      t.match(refusal({ [name]: value }), {
        variable: name,
        message: `${name}: ${JSON.stringify(value)} does not work. Set ${name} to `,
      })
    }
    for (const value of ['', ' ', '1', ' 1 ']) t.equal(refusal({ [name]: value }), undefined, `${name}=${value}`)
  }
})

t.test('values that cannot work', async (t) => {
  for (const [name, ...values] of [
    ['OTEL_BSP_MAX_QUEUE_SIZE', '0'],
    ['OTEL_BSP_MAX_EXPORT_BATCH_SIZE', '0', '8193'],
    ['OTEL_BSP_EXPORT_TIMEOUT', '0'],
    ['OTEL_EXPORTER_OTLP_TIMEOUT', '0', '1.5'],
    ['OTEL_TRACES_SAMPLER_ARG', '5', '1.01', '1e1', '.', '50%'],
    ['OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS', ',', 'GET,,POST', 'GET POST'],
  ] as [string, ...string[]][])
    for (const value of values) t.match(refusal({ [name]: value }), { variable: name }, `${name}=${value}`)
  const batch = { OTEL_BSP_MAX_QUEUE_SIZE: '50', OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '51' }
  t.match(
    refusal(batch)?.message,
    'Set OTEL_BSP_MAX_EXPORT_BATCH_SIZE to 50 or less, or OTEL_BSP_MAX_QUEUE_SIZE to more.',
  )
})

t.test('values that work', async (t) => {
  for (const env of [
    { OTEL_BSP_MAX_QUEUE_SIZE: '50' }, // the batch's default is larger, and gives way
    { OTEL_BSP_MAX_QUEUE_SIZE: '50', OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '50' },
    { OTEL_BSP_SCHEDULE_DELAY: '0', OTEL_SPAN_EVENT_COUNT_LIMIT: '0' },
    { OTEL_TRACES_SAMPLER_ARG: '1e-3' },
    { OTEL_TRACES_SAMPLER_ARG: '.5' },
    { OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%20YWJj==,x-tenant=a' },
    { OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS: 'GET, PURGE' },
  ] as Record<string, string>[])
    t.equal(refusal(env), undefined, JSON.stringify(env))
})

t.test('headers are refused without their values, which are secrets', async (t) => {
  for (const list of ['s3cret', 'a=b,s3cret', '=s3cret', 'a=s3cret%zz', 'a b=s3cret', 'a=s3cret%0a'])
    for (const name of ['OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_EXPORTER_OTLP_TRACES_HEADERS']) {
      const error = refusal({ [name]: list })
      t.match(error, { variable: name }, list)
      t.notMatch(error?.message, 's3cret')
    }
})

t.test('the start ends with one line and code 1', async (t) => {
  for (const [name, value] of [
    ['OTEL_BSP_MAX_EXPORT_BATCH_SIZE', '0'],
    ['OTEL_RESOURCE_ATTRIBUTES', 'a=b,broken'],
  ] as const) {
    const { code, stdout, stderr } = await runApp(t, { script: partnerScript, env: { [name]: value } })
    t.strictSame({ code, stdout }, { code: 1, stdout: '' })
    t.match(stderr, new RegExp(`^${name}: "\\w+" does not work\\. Set ${name} to [^\\n]+\\n$`))
  }
})
