import t, { type Test } from 'tap'
import { type AppProcess, partnerScript, startApp } from '../../testkit/app-process.ts'
import { startJaegerReceiver } from '../../testkit/jaeger-receiver.ts'
import type { LogLine } from '../../testkit/log-file.ts'
import { startOtlpReceiver } from '../../testkit/otlp-receiver.ts'
import { scrape } from '../../testkit/scrape.ts'
import { waitFor } from '../../testkit/wait-for.ts'

const COUNTER = 'telemetry_spans_dropped_total'

const startReceiver = {
  4: async (t: Test) => await startJaegerReceiver(t),
  5: async (t: Test) => await startOtlpReceiver(t),
}

function environment(phase: 4 | 5, endpoint: string) {
  return { PHASE: String(phase), OTEL_EXPORTER_JAEGER_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }
}

/** Each request creates one span of the partner service. */
async function sendRequests(app: AppProcess, count: number): Promise<void> {
  for (let sent = 0; sent < count; sent += 20) {
    await Promise.all(Array.from({ length: 20 }, async () => await (await fetch(`${app.url}/hop`)).text()))
  }
}

async function linesAboutDrops(app: AppProcess): Promise<LogLine[]> {
  return (await app.logLines()).filter(({ dropped }) => dropped !== undefined)
}

function sumOfDropped(lines: readonly LogLine[]): number {
  return lines.reduce((sum, { dropped }) => sum + Number(dropped), 0)
}

for (const phase of [4, 5] as const) {
  t.test(
    `phase ${phase} counts spans lost to a slow backend and a full queue, and reports them once a period`,
    async (t) => {
      const receiver = await startReceiver[phase](t)
      receiver.slowDown(500)
      const app = await startApp(t, {
        script: partnerScript,
        env: { ...environment(phase, receiver.endpoint), OTEL_BSP_MAX_QUEUE_SIZE: '50', OTEL_BSP_SCHEDULE_DELAY: '20' },
      })
      t.strictSame(
        (await scrape(`${app.url}/metrics`)).samples(COUNTER).map(({ labels, value }) => [labels.reason, value]),
        [
          ['queue_full', 0],
          ['export_failed', 0],
          ['rejected', 0],
          ['shutdown', 0],
        ],
      )
      await sendRequests(app, 600)
      const seen = async () => {
        const dropped = (await scrape(`${app.url}/metrics`)).value(COUNTER, { reason: 'queue_full' }) ?? 0
        return { dropped, received: receiver.received.all.length }
      }
      await waitFor('every span to be received or counted', async () => {
        const { dropped, received } = await seen()
        return received + dropped === 600
      })
      const { dropped } = await seen()
      t.ok(dropped >= 100, `${dropped} spans were dropped`)
      // A period is ten seconds. The rest is reported at the end of the process.
      if (phase === 4)
        await app.waitForLogLine('the warning', (line) => line.dropped !== undefined, { timeout: 20_000 })
      else await app.stop()
      const [warning, ...more] = await linesAboutDrops(app)
      t.match(warning, { level: 'warn', message: /^spans were dropped/ })
      t.notOk('request_id' in (warning ?? {}), 'it is no request’s line')
      t.ok(more.length <= 1, 'at most one more, if a period ended between two drops')
      await app.stop()
      t.equal(sumOfDropped(await linesAboutDrops(app)), dropped, 'the warnings hold what the counter says')
    },
  )

  t.test(`phase ${phase} reports unsent spans at its end`, async (t) => {
    const receiver = await startReceiver[phase](t)
    receiver.hang()
    const app = await startApp(t, {
      script: partnerScript,
      env: { ...environment(phase, receiver.endpoint), OTEL_BSP_MAX_QUEUE_SIZE: '50', OTEL_BSP_SCHEDULE_DELAY: '20' },
    })
    await sendRequests(app, 200)
    t.equal((await app.stop()).code, 0)
    const lines = await linesAboutDrops(app)
    t.ok(lines.every(({ level }) => level === 'warn'))
    t.equal(sumOfDropped(lines), 200)
    t.equal(lines.at(-1)?.message, 'spans were dropped before the process ended')
  })

  t.test(`phase ${phase} counts the spans lost in an outage, and reports the number afterwards`, async (t) => {
    const receiver = await startReceiver[phase](t)
    receiver.respondWith(phase === 4 ? 500 : 13)
    const app = await startApp(t, {
      script: partnerScript,
      env: { ...environment(phase, receiver.endpoint), OTEL_BSP_SCHEDULE_DELAY: '20' },
    })
    await sendRequests(app, 100)
    await waitFor('all to be counted', async () => {
      return (await scrape(`${app.url}/metrics`)).value(COUNTER, { reason: 'export_failed' }) === 100
    })
    receiver.respondWith(phase === 4 ? 202 : 0)
    await sendRequests(app, 20)
    await receiver.waitForSpans(20)
    const end = await app.waitForLogLine('the end', ({ message }) => message === 'traces can be sent again')
    t.match(end, { level: 'info', dropped: 100 })
    t.equal((await app.logLines()).filter(({ level }) => level === 'warn').length, 1)
  })
}

t.test('phase 5 counts the spans of a batch that the backend rejects', async (t) => {
  const collector = await startOtlpReceiver(t)
  collector.rejectSpans(3)
  const env = { ...environment(5, collector.endpoint), OTEL_BSP_SCHEDULE_DELAY: '60000' }
  const app = await startApp(t, { script: partnerScript, env })
  await sendRequests(app, 20)
  await app.stop()
  t.equal(collector.received.all.length, 17)
  t.match(await linesAboutDrops(app), [{ level: 'warn', dropped: 3 }])
})
