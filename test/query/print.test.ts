import t from 'tap'
import { parseExpression } from '../../query/promql/parse.ts'
import { printExpression } from '../../query/promql/print.ts'
import { rules } from '../prometheus/shipped.ts'

t.test('expressions are printed as Prometheus shows them with a rule', (t) => {
  const printed: readonly (readonly [string, string])[] = [
    ['sum(rate(x[5m]))by(job)', 'sum by (job) (rate(x[5m]))'],
    ['SUM without() (up)', 'sum without () (up)'],
    ['up offset -5m', 'up offset -5m'],
    ['rate(x[1h30m] @ 100 offset 2m)', 'rate(x[1h30m] @ 100.000 offset 2m)'],
    [
      'max_over_time(rate(x{d!="c",a=~"b.*"}[5m])[1h:30s] @ end() offset 1h)',
      'max_over_time(rate(x{a=~"b.*",d!="c"}[5m])[1h:30s] @ end() offset 1h)',
    ],
    ['a/on(x)group_left(y)b', 'a / on (x) group_left (y) b'],
    ['a and ignoring(z) b', 'a and ignoring (z) b'],
    ['a > bool 1', 'a > bool 1'],
    ['a == on() b', 'a == on () b'],
    ['-up', '-up'],
    ['+(1 - -2)', '+(1 - -2)'],
    ['1e9', '1000000000'],
    ['0x1f', '31'],
    ['1.5e-7', '0.00000015'],
    ['Inf', '+Inf'],
    ["'a\\nb'", '"a\\nb"'],
    ['{__name__="up"}', '{__name__="up"}'],
    ['{"my.metric", "a.b"="c"}', '{"a.b"="c",__name__="my.metric"}'],
    ['sum by ("a.b") (x)', 'sum by ("a.b") (x)'],
    ['topk(3,up)', 'topk(3, up)'],
    ['quantile by (job) (.5, up)', 'quantile by (job) (0.5, up)'],
    ['up offset 90d', 'up offset 90d'],
    ['1h30m + 2', '1h30m + 2'],
    ['x{}', 'x'],
    ['x[5m:]', 'x[5m:]'],
  ]
  for (const [written, expected] of printed) t.equal(print(written), expected, written)
  t.end()
})

t.test('what is printed means the same', (t) => {
  for (const { expr } of rules) t.equal(print(print(expr)), print(expr), expr)
  t.ok(rules.length > 20)
  t.end()
})

function print(text: string): string {
  return printExpression(parseExpression(text), text)
}
