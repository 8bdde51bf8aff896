import { monitorEventLoopDelay } from 'node:perf_hooks'
import {
  Counter,
  collectDefaultMetrics,
  Gauge,
  Histogram,
  Registry,
  type RegistryContentType,
  Summary,
} from 'prom-client'
import t from 'tap'
import { EventLoopLag } from '../../lab/event-loop-lag.ts'
import { RegistryReader } from '../../lab/metric-reader.ts'
import { MOST_SERIES, SelfScrape } from '../../lab/self-scrape.ts'
import { Engine } from '../../query/promql/engine.ts'
import { PrometheusApi } from '../../query/server/prometheus-api.ts'
import { waitFor } from '../../testkit/wait-for.ts'

const START = Date.parse('2026-01-01T00:00:00Z')
const target = { job: 'shop', instance: '127.0.0.1:8080' }

/** A registry, and what the Lab keeps of it: each `scrape` is a second after the one before. */
function setUp(keptMs = 900_000) {
  const registry = new Registry<RegistryContentType>()
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
  const warnings: string[] = []
  const kept = new SelfScrape(keptMs, (message) => warnings.push(message))
  const reader = new RegistryReader(registry as unknown as Registry)
  const lag = new EventLoopLag()
  let time = START
  return {
    registry,
    registers: [registry],
    kept,
    warnings,
    now: () => time,
    async scrape(seconds = 1) {
      time += seconds * 1000
      kept.add(target, { ...(await reader.all(lag)), time })
    },
    fail() {
      time += 1000
      kept.addFailure(target, time, 0.1)
    },
    /** The result of a query now: values by the labels. */
    ask(query: string): Record<string, number> {
      const { result } = new Engine(kept).instant(query, time)
      if (result.type !== 'vector') throw new Error(result.type)
      return Object.fromEntries(result.series.map(({ labels, samples: [sample] }) => [`${labels}`, sample?.[1] ?? 0]))
    },
  }
}

const shop = 'instance="127.0.0.1:8080", job="shop"'

t.test('series have the names and labels with which a Prometheus stores them', async (t) => {
  const { registers, kept, scrape, ask } = setUp()
  new Counter({ name: 'orders', help: 'Orders.', registers, labelNames: ['job', 'code'] }).inc({ job: 'mail', code: 7 })
  new Counter({ name: 'visits_total', help: 'Visits.', registers }).inc(3)
  new Gauge({ name: 'rooms', help: 'Rooms.', registers }).set(Number.POSITIVE_INFINITY)
  new Histogram({ name: 'wait_seconds', help: 'Wait.', registers, buckets: [0.00001, 0.5, 1, 2_000_000] }).observe(0.7)
  new Summary({ name: 'size', help: 'Size.', registers, percentiles: [0.5, 1] }).observe(3)
  await scrape()
  t.strictSame(ask('orders_total'), { [`{__name__="orders_total", code="7", exported_job="mail", ${shop}}`]: 1 })
  t.strictSame(Object.values(ask('visits_total')), [3])
  t.strictSame(Object.values(ask('rooms')), [Number.POSITIVE_INFINITY])
  t.strictSame(
    ask('wait_seconds_bucket'),
    Object.fromEntries(
      Object.entries({ '+Inf': 1, '0.5': 0, '1.0': 1, '1e-05': 0, '2e+06': 1 }).map(([le, value]) => [
        `{__name__="wait_seconds_bucket", ${shop}, le="${le}"}`,
        value,
      ]),
    ),
  )
  t.strictSame(Object.values(ask('wait_seconds_sum + wait_seconds_count')), [1.7])
  t.strictSame(ask('size'), {
    [`{__name__="size", ${shop}, quantile="0.5"}`]: 3,
    [`{__name__="size", ${shop}, quantile="1.0"}`]: 3,
  })
  t.strictSame(ask('up'), { [`{__name__="up", ${shop}}`]: 1 })
  t.strictSame(Object.values(ask('scrape_samples_scraped')), [14])
  t.strictSame(Object.values(ask('scrape_series_added')), [14])
  t.ok((Object.values(ask('scrape_duration_seconds'))[0] ?? 0) > 0)
  t.strictSame(kept.metadata.get('visits'), { type: 'counter', help: 'Visits.', unit: '' })
  t.strictSame(kept.metadata.get('wait_seconds'), { type: 'histogram', help: 'Wait.', unit: '' })
  await scrape()
  t.strictSame(Object.values(ask('scrape_series_added')), [0])
})

t.test('a series that /metrics no longer has ends at once, and may come back', async (t) => {
  const { registers, scrape, fail, ask } = setUp(10_000)
  const gauge = new Gauge({ name: 'seats', help: 'Seats.', registers, labelNames: ['room'] })
  const counter = new Counter({ name: 'sold_total', help: 'Sold.', registers, labelNames: ['room'] })
  for (const room of ['a', 'b']) {
    gauge.set({ room }, 1)
    counter.inc({ room })
  }
  await scrape()
  gauge.remove('a')
  counter.remove('a')
  await scrape()
  t.strictSame(Object.keys(ask('sum by (room) ({room!=""})')), ['{room="b"}'])
  t.strictSame(Object.values(ask('count_over_time(seats{room="a"}[10s])')), [1])
  gauge.set({ room: 'a' }, 5)
  await scrape()
  t.strictSame(Object.values(ask('seats{room="a"}')), [5])
  t.strictSame(Object.values(ask('count_over_time(seats{room="a"}[10s])')), [2])

  fail()
  t.strictSame(ask('seats'), {}, 'if the metrics cannot be read, all have ended')
  t.strictSame(Object.values(ask('up')), [0])
  await scrape()
  t.strictSame(Object.values(ask('seats')), [5, 1])
  t.strictSame(Object.values(ask('up')), [1])

  for (let i = 0; i < 12; i++) await scrape()
  t.strictSame(ask('count_over_time(sold_total{room="a"}[1h])'), {}, 'it is forgotten in the end')
  t.strictSame(Object.values(ask('count_over_time(sold_total{room="b"}[1h])')), [11])
  counter.inc({ room: 'a' })
  await scrape()
  t.strictSame(Object.values(ask('sold_total{room="a"}')), [1])
  await scrape(-5)
  t.strictSame(Object.values(ask('count_over_time(up[1h])')), [6], 'a clock that is set back adds nothing')
})

t.test('more series than there is room for are left out, which the log and each answer say', async (t) => {
  const { registers, kept, warnings, scrape, ask, now } = setUp()
  const gauge = new Gauge({ name: 'early', help: 'Early.', registers })
  const counter = new Counter({ name: 'by_user_total', help: 'By user.', registers, labelNames: ['user'] })
  const answer = () =>
    new PrometheusApi(kept, {}, now).answer('query', new URLSearchParams({ query: 'early' }))?.body as {
      warnings?: string[]
    }
  for (let user = 0; user < MOST_SERIES + 10; user++) counter.inc({ user })
  for (let i = 0; i < 3; i++) await scrape()
  const text = `the Lab keeps ${MOST_SERIES} series; 11 more of /metrics are missing, some of them of by_user_total`
  t.strictSame(warnings, [text], 'once')
  t.strictSame(answer().warnings, [text])
  t.strictSame(Object.values(ask('count(by_user_total)')), [MOST_SERIES - 1])
  t.strictSame(Object.values(ask('scrape_samples_scraped')), [MOST_SERIES + 11])
  t.strictSame(Object.values(ask('early')), [0])
  counter.reset()
  for (let user = 0; user < MOST_SERIES - 1; user++) counter.inc({ user: `new ${user}` })
  gauge.set(2)
  await scrape()
  await scrape()
  t.equal(answer().warnings, undefined, 'there is room when others have ended')
  t.strictSame(Object.values(ask('count(by_user_total)')), [MOST_SERIES - 1])
})

t.test('exemplars are kept once each, the last 2000', async (t) => {
  const { registers, kept, scrape, now } = setUp()
  const labelNames = ['route']
  const histogram = new Histogram({ name: 'h', help: 'H.', registers, labelNames, buckets: [1], enableExemplars: true })
  const observe = (route: string, trace_id: string) =>
    histogram.observe({ labels: { route }, value: 0.5, exemplarLabels: { trace_id } })
  const exemplars = () => {
    const body = new PrometheusApi(kept, {}, now).answer('query_exemplars', new URLSearchParams({ query: 'h_bucket' }))
    const { data } = (body as { body: unknown }).body as {
      data: { exemplars: { labels: { trace_id: string }; timestamp: number }[] }[]
    }
    return data.flatMap(({ exemplars }) => exemplars)
  }
  observe('/a', 'a1')
  await scrape()
  await scrape()
  t.match(exemplars(), [{ labels: { trace_id: 'a1' }, value: '0.5' }])
  t.equal(exemplars().length, 1)
  t.ok(Math.abs((exemplars()[0]?.timestamp ?? 0) - Date.now() / 1000) < 60)
  for (let round = 0; round < 9; round++) {
    const before = Date.now()
    await waitFor('the next millisecond', () => Date.now() > before)
    for (let i = 0; i < 250; i++) observe(`/${i}`, `t${round}.${i}`)
    await scrape()
  }
  const ids = exemplars().map(({ labels }) => labels.trace_id)
  t.equal(ids.length, 2000)
  t.notOk(ids.includes('a1') || ids.includes('t0.249'))
  t.ok(ids.includes('t1.0') && ids.includes('t8.249'))
})

t.test(
  "reading does not reset the event loop's lag for scrapes, and sees the lag since the last reading",
  async (t) => {
    const registry = new Registry()
    collectDefaultMetrics({ register: registry })
    const lag = new EventLoopLag()
    lag.start()
    t.teardown(() => lag.close())
    const reader = new RegistryReader(registry)
    const largest = async () =>
      (await reader.all(lag)).families.get('nodejs_eventloop_lag_max_seconds')?.values[0]?.value
    const scraped = async () => Number(/^nodejs_eventloop_lag_max_seconds (.*)$/m.exec(await registry.metrics())?.[1])

    await waitFor('both to measure', async () => Number(await largest()) < 1 && (await scraped()) < 1)
    const monitor = monitorEventLoopDelay({ resolution: 10 })
    monitor.enable()
    t.teardown(() => monitor.disable())
    await waitFor('a monitor of the same kind', () => monitor.max > 0)
    const end = performance.now() + 300
    while (performance.now() < end); // blocks the event loop
    await waitFor('any monitor to have noticed', () => monitor.max > 250_000_000)
    t.ok(Number(await largest()) > 0.25, 'a reading sees it')
    await waitFor('readings without it', async () => Number(await largest()) < 0.25)
    t.ok((await scraped()) > 0.25, 'the scrape sees it nevertheless')
  },
)

t.test('work that a metric needs to be read is not observed, and done in every fifth reading', async (t) => {
  const registry = new Registry()
  let isObserved = true
  const seen: boolean[] = []
  new Gauge({
    name: 'asks_a_database',
    help: 'Asks a database.',
    registers: [registry],
    async collect() {
      seen.push(isObserved)
      await null
      this.set(seen.length)
    },
  })
  new Gauge({
    name: 'is_there_at_once',
    help: 'Is there at once.',
    registers: [registry],
    collect() {
      this.inc()
    },
  })
  const reader = new RegistryReader(registry, (work) => {
    isObserved = false
    try {
      return work()
    } finally {
      isObserved = true
    }
  })
  const read = async () => {
    const { families } = await reader.all(new EventLoopLag())
    return ['asks_a_database', 'is_there_at_once'].map((name) => families.get(name)?.values[0]?.value)
  }
  for (let reading = 1; reading <= 11; reading++) t.strictSame(await read(), [Math.ceil(reading / 5), reading])
  t.strictSame(seen, [false, false, false])
})
