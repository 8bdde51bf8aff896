import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-node'
import t from 'tap'
import { startInProcess } from '../../testkit/in-process-app.ts'
import { waitFor } from '../../testkit/wait-for.ts'

/** A processor that records its calls. */
function recorder(): SpanProcessor & { readonly told: string[] } {
  const told: string[] = []
  const tell = (what: string) => void told.push(what)
  return {
    told,
    onStart: (span) => tell(`start ${(span as unknown as ReadableSpan).name}`),
    onEnd: ({ name }) => tell(`end ${name}`),
    forceFlush: async () => tell('flush'),
    shutdown: async () => tell('shutdown'),
  }
}

function fail(): never {
  throw new Error('no such disk')
}

const broken: SpanProcessor = { onStart: fail, onEnd: fail, onEnding: fail, forceFlush: fail, shutdown: fail }

/** Lines at level warn or above. */
function warningsOf({ app }: Awaited<ReturnType<typeof startInProcess>>): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = []
  app.addLogDestination({ write: (line) => void lines.push(JSON.parse(line)) })
  app.log.level = 'warn'
  return lines
}

t.test('an added span processor receives every later span and the shutdown', async (t) => {
  const one = await startInProcess(t, 4)
  await fetch(`${one.url}/hello`)
  await waitFor('its span', async () => (await one.spans()).includes('GET /hello'))
  const added = recorder()
  one.app.addSpanProcessor(added)
  await fetch(`${one.url}/slow?ms=1`)
  await waitFor('the last span', () => added.told.includes('end GET /slow'))
  t.strictSame(added.told, [
    'start GET /slow',
    'start database_query',
    'end database_query',
    'start external_api_call',
    'end external_api_call',
    'end GET /slow',
  ])
  t.strictSame(await one.spans(), ['GET /slow', 'database_query', 'external_api_call'], 'all are sent too')
  t.equal(added.told.at(-1), 'flush')
  await one.app.close()
  t.equal(added.told.at(-1), 'shutdown')
})

t.test('a span processor that throws causes one log line and loses no span', async (t) => {
  const one = await startInProcess(t, 4)
  const lines = warningsOf(one)
  const added = recorder()
  one.app.addSpanProcessor(broken)
  one.app.addSpanProcessor(added)
  for (let i = 0; i < 3; i++) t.equal((await fetch(`${one.url}/hello`)).status, 200)
  const ended = () => added.told.filter((what) => what === 'end GET /hello').length
  await waitFor('the next processor to be told of each', () => ended() === 3)
  t.strictSame(await one.spans(), ['GET /hello', 'GET /hello', 'GET /hello'], 'and the backend')
  await one.app.close()
  t.equal(added.told.at(-1), 'shutdown')
  t.match(lines, [{ level: 'warn', message: 'a span processor fails', err: { message: 'no such disk' } }])
  t.equal(lines.length, 1)
})

t.test('without the SDK an added span processor is never called', async (t) => {
  process.env.OTEL_SDK_DISABLED = 'true'
  t.teardown(() => delete process.env.OTEL_SDK_DISABLED)
  const one = await startInProcess(t, 4)
  const added = recorder()
  one.app.addSpanProcessor(added)
  t.equal((await fetch(`${one.url}/hello`)).status, 200)
  t.strictSame(added.told, [])
})
