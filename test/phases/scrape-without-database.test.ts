import t from 'tap'
import { buildApp } from '../../src/app.ts'
import { loadConfig } from '../../src/config.ts'
import type { OutstandingBookings } from '../../src/course/booking.ts'
import { loadPhase } from '../../src/load-phase.ts'
import { startApp } from '../../testkit/app-process.ts'
import { parseMetrics } from '../../testkit/openmetrics.ts'
import { needsPostgres, startPostgres } from '../../testkit/postgres-server.ts'
import { scrape } from '../../testkit/scrape.ts'
import { waitFor } from '../../testkit/wait-for.ts'

const READ_AT = 'booking_gauges_last_success_timestamp_seconds'
const WARNING = 'the booking gauges cannot be read; they keep their last values'

/** Far below the statement timeout, and far above the bound, for busy machines. */
const BOUND_MS = 1000

async function timed<T>(work: () => Promise<T>): Promise<{ result: T; ms: number }> {
  const begin = performance.now()
  const result = await work()
  return { result, ms: performance.now() - begin }
}

t.test('a scrape does not wait for a hanging PostgreSQL', needsPostgres(), async (t) => {
  const postgres = await startPostgres(t)
  for (const PHASE of ['3', '4', '5']) {
    await t.test(`phase ${PHASE}`, async (t) => {
      const app = await startApp(t, {
        env: {
          PHASE,
          DATABASE_URL: postgres.url,
          DATABASE_STATEMENT_TIMEOUT_MS: '2500',
          SWEEP_INTERVAL_MS: '0',
          OTEL_TRACES_SAMPLER: 'always_off',
          LAB: 'off', // it reads the gauges before the first scrape
        },
      })
      t.teardown(() => postgres.resume())
      const metrics = () => scrape(`${app.url}/metrics`)

      postgres.pause()
      const early = await timed(metrics)
      t.ok(early.ms < BOUND_MS, `the first scrape took ${early.ms} ms`)
      t.strictSame(early.result.samples('booking_reserved_current'), [], 'no zero that was never read')
      t.strictSame(early.result.samples(READ_AT), [])
      t.ok(early.result.value('process_cpu_seconds_total'), 'the other metrics are there')

      postgres.resume()
      const well = await waitFor('a scrape with fresh values', async () => {
        const seen = await metrics()
        return seen.value(READ_AT) === undefined ? undefined : seen
      })
      t.equal(well.value('booking_reserved_current'), 1, 'a booking of the seed')
      t.ok(Math.abs(Date.now() / 1000 - (well.value(READ_AT) as number)) < 30)

      postgres.pause()
      for (let i = 0; i < 3; i++) {
        const { result, ms } = await timed(metrics)
        t.ok(ms < BOUND_MS, `took ${ms} ms`)
        t.equal(result.value('booking_reserved_current'), 1, 'the last value is kept')
        t.equal(result.total('booking_potential_sales_amount'), well.total('booking_potential_sales_amount'))
        t.ok((result.value(READ_AT) as number) < Date.now() / 1000)
      }
      if (PHASE === '5') {
        const { ms } = await timed(() => scrape(`${app.url}/metrics/otel`))
        t.ok(ms < BOUND_MS, `/metrics/otel took ${ms} ms`)
      }
      await app.waitForLogLine('the warning', ({ message }) => message === WARNING, { timeout: 20_000 })

      const stale = (await metrics()).value(READ_AT) as number
      postgres.resume()
      await waitFor('fresh values again', async () => ((await metrics()).value(READ_AT) as number) > stale)
      await app.waitForLogLine('the end of it', ({ message }) => message === 'the booking gauges are read again')
    })
  }
})

t.test('a hanging database gets one query and causes one warning', async (t) => {
  const config = loadConfig(['--phase', '3', '--database-url', 'memory:', '--log-level', 'silent', '--lab', 'off'])
  const app = buildApp({ ...config, LOG_FILE: '' }, await loadPhase(3))
  t.teardown(() => app.close())
  await app.ready()

  let fail: (error: Error) => void = () => {}
  let asked = 0
  app.course.bookings.outstanding = () => {
    asked++
    return new Promise<OutstandingBookings>((_resolve, reject) => {
      fail = reject
    })
  }
  const warnings: unknown[] = []
  app.log.warn = ((...said: unknown[]) => warnings.push(said.at(-1))) as typeof app.log.warn
  const metrics = async () => parseMetrics((await app.inject('/metrics')).body, 'prometheus')

  for (let i = 0; i < 2; i++) {
    const answers = await timed(() => Promise.all(Array.from({ length: 5 }, metrics)))
    t.ok(answers.ms < BOUND_MS, `five scrapes took ${answers.ms} ms`)
    t.strictSame(answers.result[0]?.samples(READ_AT), [])
  }
  t.equal(asked, 1)

  for (let outage = 0; outage < 3; outage++) {
    fail(new Error('down'))
    await waitFor('it to be asked once more', async () => (await metrics()) && asked === outage + 2)
  }
  t.equal(warnings.filter((message) => message === WARNING).length, 1)
})
