import * as fc from 'fast-check'
import t from 'tap'
import { Labels } from '../../query/series/labels.ts'
import { SeriesStore } from '../../query/series/store.ts'

const scraped = Labels.of({ __name__: 'scraped' })
const plain = Labels.of({ __name__: 'plain' })

function columnsOf(store: SeriesStore, name: string) {
  const series = store.select([]).find(({ labels }) => labels.get('__name__') === name)
  return series === undefined ? undefined : { times: [...series.times], values: [...series.values] }
}

t.test('a scraped series has the samples that a series of its own would have', async (t) => {
  const value = fc.oneof(fc.constant(0), fc.nat(), fc.double(), fc.constant(-0), fc.constant(Number.NaN))
  const scrape = fc.record({
    value: fc.option(value, { freq: 4 }),
    repeat: fc.constantFrom(1, 1, 1, 40, 150),
    keep: fc.constantFrom(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 300, 100, 3),
  })
  await fc.assert(
    fc.property(fc.array(scrape, { maxLength: 25 }), (scrapes) => {
      const store = new SeriesStore()
      let time = 0
      for (const { value, repeat, keep } of scrapes) {
        for (let i = 0; i < repeat; i++) {
          store.beginScrape(++time)
          if (value === null) continue
          store.openScraped(scraped).append(time, value)
          store.append(plain, time, value)
          if (i % 7 === 0) columnsOf(store, 'scraped') // what a reader has seen must not be shown again
        }
        store.removeBefore(time - keep)
        const [a, b] = [columnsOf(store, 'scraped'), columnsOf(store, 'plain')]
        if (a?.times.length !== b?.times.length) return false
        if (a?.times.some((at, i) => at !== b?.times[i] || !Object.is(a.values[i], b?.values[i]))) return false
      }
      return true
    }),
    { numRuns: 200 },
  )
  t.pass('whatever the values and the gaps')
})

t.test('columns that a reader holds stay as they were', async (t) => {
  const store = new SeriesStore()
  for (let time = 1; time <= 200; time++) {
    store.beginScrape(time)
    store.openScraped(scraped).append(time, time * 2)
  }
  const [series] = store.select([])
  const { times, values } = series as NonNullable<typeof series>
  for (let time = 201; time <= 500; time++) {
    store.beginScrape(time)
    store.openScraped(scraped).append(time, 0)
  }
  store.removeBefore(400)
  t.strictSame([times[0], times.length, values[199]], [1, 200, 400])
  t.equal(series?.times[0], 400)
})

t.test('a scrape has one sample of each series, at its own time', async (t) => {
  const store = new SeriesStore()
  store.beginScrape(1000)
  const series = store.openScraped(scraped)
  series.append(1000, 1)
  t.throws(() => series.append(1000, 2), { message: /one of each/ })
  t.throws(() => series.append(1500, 2), { message: /one of each/ })
  t.throws(() => store.beginScrape(1000), { message: /not later/ })
  store.beginScrape(2000)
  store.removeBefore(1500)
  t.equal(store.size, 0, 'a series without samples is gone')
})
