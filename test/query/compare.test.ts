import t from 'tap'
import { difference } from './compare.ts'
import type { ApiAnswer } from './real-prometheus.ts'

const vector = (...values: readonly string[]): ApiAnswer => ({
  status: 'success',
  data: { resultType: 'vector', result: values.map((value, i) => ({ metric: { a: String(i) }, value: [1, value] })) },
})

t.test('answers are the same whatever the order of their series, to 1e-9', (t) => {
  const [first, second] = [vector('1', '2'), vector('1', '2')].map(({ data }) => data?.result as unknown[])
  const answer = (result: unknown): ApiAnswer => ({ status: 'success', data: { resultType: 'vector', result } })
  t.equal(difference(answer(first), answer(second?.toReversed()), false), undefined)
  t.equal(difference(vector('1000', 'NaN', '+Inf'), vector('1000.0000005', 'NaN', '+Inf'), false), undefined)
  t.equal(difference({ status: 'error', error: 'a' }, { status: 'error', error: 'b' }, false), undefined)
  t.end()
})

t.test('every difference between answers is found', (t) => {
  const pairs: readonly (readonly [ApiAnswer, ApiAnswer])[] = [
    [vector('1'), vector('1.00000001')],
    [vector('1'), vector('NaN')],
    [vector('+Inf'), vector('-Inf')],
    [vector('1'), vector('1', '2')],
    [vector('1'), { status: 'error', error: 'failed' }],
    [
      vector('1'),
      { status: 'success', data: { resultType: 'vector', result: [{ metric: { b: '0' }, value: [1, '1'] }] } },
    ],
    [
      vector('1'),
      { status: 'success', data: { resultType: 'vector', result: [{ metric: { a: '0' }, value: [2, '1'] }] } },
    ],
    [vector('1'), { status: 'success', data: { resultType: 'scalar', result: [1, '1'] } }],
  ]
  for (const [real, own] of pairs) t.type(difference(real, own, false), 'string', JSON.stringify(own))
  t.type(difference(vector('1', '2'), vector('2', '1'), true), 'string', 'the order, where it counts')
  t.end()
})
