import t from 'tap'
import { compareText, Labels } from '../../query/series/labels.ts'
import { Matcher } from '../../query/series/matcher.ts'
import { readOpenMetrics } from '../../query/series/read-openmetrics.ts'
import { SeriesStore } from '../../query/series/store.ts'

t.test('labels are the same whatever their order, and empty ones are none', (t) => {
  const labels = Labels.of({ b: '2', a: '1', c: '' })
  t.equal(
    labels.key,
    Labels.from([
      ['a', '1'],
      ['b', '2'],
    ]).key,
  )
  t.not(Labels.of({ a: 'b' }).key, Labels.of({ ab: '' }).key)
  t.equal(labels.get('c'), '')
  t.same(labels.with({ a: '', d: '4' }).toRecord(), { b: '2', d: '4' })
  t.equal(String(Labels.of({ __name__: 'x', 'a b': '"\n\u{e000}' })), String.raw`{__name__="x", "a b"="\"\n\ue000"}`)
  t.end()
})

t.test('text is ordered by code point, as UTF-8 is, and not by UTF-16 unit', (t) => {
  const words = ['\u{10000}', '\uffff', 'b', 'a', 'ab', '']
  t.same([...words].sort(compareText), ['', 'a', 'ab', 'b', '\uffff', '\u{10000}'])
  t.end()
})

t.test('a store finds series by matchers, in the order of their labels', (t) => {
  const store = new SeriesStore()
  for (const [name, a] of [
    ['x', '2'],
    ['y', '1'],
    ['x', '1'],
    ['x', ''],
  ])
    store.append(Labels.of({ __name__: name as string, a: a as string }), 1000, 1)
  const found = (...matchers: Matcher[]) => store.select(matchers).map(({ labels }) => String(labels))
  t.same(found(new Matcher('__name__', '=', 'x')), ['{__name__="x"}', '{__name__="x", a="1"}', '{__name__="x", a="2"}'])
  t.same(found(new Matcher('a', '=~', '1|')), ['{__name__="x"}', '{__name__="x", a="1"}', '{__name__="y", a="1"}'])
  t.same(found(new Matcher('a', '!~', '.+'), new Matcher('__name__', '!=', 'y')), ['{__name__="x"}'])
  t.throws(() => new Matcher('a', '=~', '(?<=b)'), { message: /error parsing regexp/ })
  t.end()
})

t.test('a view of a series stays as it was while more is appended and older samples are removed', (t) => {
  const store = new SeriesStore()
  const x = Labels.of({ __name__: 'x' })
  for (let i = 0; i < 40; i++) store.append(x, i, i * 10)
  const [series] = store.select([])
  const { times, values } = series as NonNullable<typeof series>
  store.markEnded(x, 40)
  store.appendExemplar(x, { labels: Labels.of({ trace_id: 'a' }), value: 1, time: 5 })
  store.removeBefore(38)
  for (let i = 41; i < 100; i++) store.append(x, i, i * 10)
  t.equal(times.length, 40)
  t.same([times[0], values[39]], [0, 390])
  t.same(series?.times.subarray(0, 3), Float64Array.of(38, 39, 41))
  t.same(series?.endedAt, [40])
  t.same(series?.exemplars, [])
  t.throws(() => store.append(x, 99, 1), { message: /is not later than the one at 99/ })
  store.removeBefore(1000)
  t.equal(store.size, 0)
  t.same(store.select([new Matcher('__name__', '=', 'x')]), [])
  t.end()
})

t.test('OpenMetrics text is read with types, exemplars and names in quotes', (t) => {
  const store = readOpenMetrics(
    [
      '# TYPE x histogram',
      '# HELP x Some \\"help\\"\\n with lines.',
      'x_bucket{le="+Inf",a="b\\\\c\\"}{ #"} 3 1.5 # {trace_id="t"} 0.25 1.25',
      'x_bucket{le="+Inf",a="b\\\\c\\"}{ #"} +Inf 2.5',
      '{"with space",a="b"} NaN 1',
      '# EOF',
    ].join('\n'),
  )
  t.same(store.metadata.get('x'), { type: 'histogram', help: 'Some "help"\n with lines.', unit: '' })
  const [x, quoted] = store
    .select([])
    .sort((a, b) => a.times.length - b.times.length)
    .reverse()
  t.same(x?.labels.toRecord(), { __name__: 'x_bucket', a: 'b\\c"}{ #', le: '+Inf' })
  t.same([...(x?.times ?? [])], [1500, 2500])
  t.same([...(x?.values ?? [])], [3, Number.POSITIVE_INFINITY])
  t.same(
    x?.exemplars.map(({ value, time }) => [value, time]),
    [[0.25, 1250]],
  )
  t.equal(quoted?.labels.get('__name__'), 'with space')
  t.ok(Number.isNaN(quoted?.values[0]))
  t.end()
})

t.test('OpenMetrics text that cannot be read is refused with the line', (t) => {
  const mistakes: readonly (readonly [string, RegExp])[] = [
    ['x 1 1\n', /does not end with "# EOF"/],
    ['x 1\n# EOF\n', /^line 1: a timestamp is missing: x 1$/],
    ['x\n# EOF\n', /^line 1: a value is missing/],
    ['x one 1\n# EOF\n', /^line 1: one is no number/],
    ['x 1 1\nx 2 1\n# EOF\n', /^line 2: the sample of .* at 1000 is not later/],
    ['x{a="b" 1 1\n# EOF\n', /^line 1: a closing brace is missing/],
    ['x{a=b} 1 1\n# EOF\n', /^line 1: malformed labels/],
    ['x{a="1",a="2"} 1 1\n# EOF\n', /^line 1: the label a comes twice/],
    ['{a="1"} 1 1\n# EOF\n', /^line 1: a metric name is missing/],
    ['1x 1 1\n# EOF\n', /^line 1: a malformed metric name/],
    ['# a comment\n# EOF\n', /^line 1: neither TYPE, HELP nor UNIT/],
  ]
  for (const [text, message] of mistakes) t.throws(() => readOpenMetrics(text), { message }, text)
  t.end()
})
