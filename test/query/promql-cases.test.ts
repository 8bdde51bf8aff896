import t, { type Test } from 'tap'
import { type Answer, Engine, type ResultSeries } from '../../query/promql/engine.ts'
import { formatValue } from '../../query/promql/format-number.ts'
import { type QueryCase, queryCases, readSeries, storeOf, toNumber } from './case-files.ts'

for (const [file, cases] of queryCases()) {
  t.test(file, (t) => {
    for (const one of cases) {
      t.test(one.name, (t) => {
        check(t, one)
        t.end()
      })
    }
    t.end()
  })
}

function check(t: Pick<Test, 'throws' | 'same' | 'match'>, one: QueryCase): void {
  if (one.fails !== undefined) {
    t.throws(() => answer(one), { message: one.fails })
    return
  }
  const { result, warnings, infos } = answer(one)
  t.same(
    result.type === 'string'
      ? result.text
      : result.type === 'scalar'
        ? rounded(result.sample[1])
        : given(result.series),
    expected(one),
  )
  t.match(warnings.join(), one.warns ?? /^$/)
  t.match(infos.join(), one.informs ?? /^$/)
}

function answer(one: QueryCase): Answer {
  const engine = new Engine(storeOf(one))
  const { from, to, step } = one.range ?? { from: 0, to: 0, step: 0 }
  return one.range === undefined
    ? engine.instant(one.query, (one.at ?? 0) * 1000)
    : engine.range(one.query, from * 1000, to * 1000, step * 1000)
}

/** In the order of the result. */
function given(series: readonly ResultSeries[]): [string, string][] {
  return series.map(({ labels, samples }) => [labels.key, samples.map(([, value]) => rounded(value)).join(' ')])
}

function expected({ gives = {} }: QueryCase): unknown {
  if (typeof gives === 'string') return gives
  if (typeof gives === 'number') return rounded(gives)
  return Object.entries(gives).map(([series, values]) => [
    readSeries(series).key,
    String(values)
      .split(' ')
      .map((value) => rounded(toNumber(value)))
      .join(' '),
  ])
}

/** To nine digits. */
function rounded(value: number): string {
  return formatValue(Number.isFinite(value) ? Number(value.toPrecision(9)) : value)
}
