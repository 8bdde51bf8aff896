import t from 'tap'
import { Engine } from '../../query/promql/engine.ts'
import { operandsOf } from '../../query/promql/expression.ts'
import { formatGeneral, formatPlain, formatValue } from '../../query/promql/format-number.ts'
import { parseExpression } from '../../query/promql/parse.ts'
import { functionNames, signatureOf } from '../../query/promql/signatures.ts'
import { Labels } from '../../query/series/labels.ts'
import { SeriesStore } from '../../query/series/store.ts'

function storeWith(series: number, samples: number): SeriesStore {
  const store = new SeriesStore()
  for (let i = 0; i < series; i++)
    for (let s = 0; s < samples; s++) store.append(Labels.of({ __name__: 'x_total', i: String(i) }), s * 1000, s * i)
  return store
}

t.test('any part of an expression can be evaluated by itself', (t) => {
  const engine = new Engine(storeWith(3, 100))
  const text = 'sum(rate(x_total[30s])) / count(x_total)'
  const expression = parseExpression(text)
  const [sum] = operandsOf(expression)
  const [rate] = operandsOf(sum as NonNullable<typeof sum>)
  const [range] = operandsOf(rate as NonNullable<typeof rate>)
  const parts = [expression, sum, rate, range].map((part) => {
    const { from, to } = (part as typeof expression).range
    const { result } = engine.instant({ text, expression: part as typeof expression }, 90_000)
    return [text.slice(from, to), result.type, 'series' in result ? result.series.length : 0]
  })
  t.same(parts, [
    [text, 'vector', 1],
    ['sum(rate(x_total[30s]))', 'vector', 1],
    ['rate(x_total[30s])', 'vector', 3],
    ['x_total[30s]', 'matrix', 3],
  ])
  t.end()
})

t.test('every function that the parser takes can be evaluated', (t) => {
  const engine = new Engine(storeWith(2, 100))
  const examples = { vector: 'x_total', scalar: '1', matrix: 'x_total[30s]', string: '"a"' }
  for (const name of functionNames) {
    const { parameters } = signatureOf(name) as NonNullable<ReturnType<typeof signatureOf>>
    const call = `${name}(${parameters.map((type) => examples[type]).join(', ')})`
    if (/^histogram_(?:avg|count|sum|std)/.test(name))
      t.throws(() => engine.instant(call, 50_000), { message: /reads native histograms, which are not supported$/ })
    else t.ok(engine.range(call, 50_000, 60_000, 5000), call)
  }
  t.ok(functionNames.length > 70)
  t.end()
})

t.test('a query that needs too many samples or too long is given up', (t) => {
  const store = storeWith(100, 100)
  const few = new Engine(store, { limits: { samples: 50, time: 10_000 } })
  t.throws(() => few.instant('x_total', 50_000), {
    name: 'ExecutionError',
    message: 'query processing would load too many samples into memory in query execution',
  })
  t.equal(few.instant('x_total{i="1"}', 50_000).result.type, 'vector')
  t.throws(() => new Engine(store).instant('count_over_time(x_total[10d:1s])', 50_000), { name: 'ExecutionError' })
  const slow = new Engine(store, { limits: { samples: 1e9, time: 0 } })
  t.throws(() => slow.instant('sum(x_total)', 50_000), {
    name: 'QueryTimeout',
    message: 'query timed out in expression evaluation',
  })
  t.end()
})

t.test('regular expressions that explode elsewhere take no time', (t) => {
  const store = new SeriesStore()
  store.append(Labels.of({ __name__: 'x', a: 'a'.repeat(10_000) }), 0, 1)
  const engine = new Engine(store, { limits: { samples: 1e6, time: 5000 } })
  for (const query of ['x{a=~"(a*)*b"}', 'x{a=~"(a|a)*b"}', 'x{a=~"(.*.*.*)*b"}'])
    t.same(engine.instant(query, 0).result, { type: 'vector', series: [] }, query)
  t.end()
})

t.test('a query that is too long is refused', (t) => {
  for (const text of ['('.repeat(10_000), Array.from({ length: 5000 }, () => '1').join('+'), '-'.repeat(10_000)])
    t.throws(() => parseExpression(text), { message: /parse error: the query has more than 2000 words$|unclosed/ })
  t.end()
})

t.test('numbers are written as Go writes them', (t) => {
  const numbers = [
    0,
    -0,
    1e6,
    1e21,
    1.5e-7,
    123456789.125,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ]
  t.same(numbers.map(formatValue), ['0', '-0', '1000000', '1e+21', '1.5e-07', '123456789.125', 'NaN', '+Inf', '-Inf'])
  t.same([1e23, 1.5e-7, 1.25, -1e21].map(formatPlain), [
    '100000000000000000000000',
    '0.00000015',
    '1.25',
    '-1000000000000000000000',
  ])
  const short = [100_000, 1_234_567, 0.0001, 0.000012, -0.5].map((number) => formatGeneral(number))
  t.same(short, ['100000', '1.234567e+06', '0.0001', '1.2e-05', '-0.5'])
  t.same(
    [154, 12.34, 5, 0.0567].map((number) => formatGeneral(number, 2)),
    ['1.5e+02', '12', '5', '0.057'],
  )
  t.end()
})
