/** Random queries that are well typed and use every part of the language. */
import fc from 'fast-check'

const METRICS: Readonly<Record<string, readonly string[]>> = {
  http_requests_total: ['job', 'instance', 'method', 'code'],
  memory_bytes: ['job', 'instance'],
  temperature_celsius: ['room', 'floor'],
  latency_seconds_count: ['job', 'instance'],
  up: ['job', 'instance'],
  build_info: ['job', 'instance', 'version'],
}

const MATCHERS = [
  'job="api"',
  'job!="api"',
  'job=~"api|worker"',
  'instance=~".*80"',
  'instance!~"[ab]:.+"',
  'code=~"5.."',
  'code!="200"',
  'method="GET"',
  'method=""',
  'room=~"a.*|.+e.*"',
  'absent_label!="x"',
  'version=~"1\\\\.[0-9]"',
]

const LABELS = ['job', 'instance', 'method', 'code', 'room', 'floor', 'version', 'nothing']

const oneOf = (...values: readonly string[]) => fc.constantFrom(...values)
const labelList = fc.subarray(LABELS, { maxLength: 3 }).map((labels) => labels.join(', '))
const duration = oneOf('1m', '2m', '5m', '10m', '90s', '37s', '12m30s')
const number = oneOf('0', '1', '2', '0.5', '-1.5', '10', '1e3', '100', '0.1', 'Inf', '-Inf', 'NaN', '0x10', '2.75')
const plainNumber = oneOf('1', '2', '0.5', '-1.5', '10', '100', '3')
const at = oneOf('@ 1700001234.25', '@ 1700002500.75', '@ start()', '@ end()')

const modifiers = fc
  .tuple(
    fc.option(
      oneOf('1m', '5m', '-2m', '45s').map((offset) => `offset ${offset}`),
      { nil: '', freq: 3 },
    ),
    fc.option(at, { nil: '', freq: 5 }),
  )
  .map((parts) => parts.filter((part) => part !== '').join(' '))

const selector = fc
  .tuple(oneOf(...Object.keys(METRICS)), fc.subarray(MATCHERS, { maxLength: 2 }), fc.boolean())
  .map(([name, matchers, inside]) => {
    if (inside) return `{${[`__name__="${name}"`, ...matchers].join(',')}}`
    return matchers.length === 0 ? name : `${name}{${matchers.join(', ')}}`
  })

const MATH =
  'abs ceil floor exp sqrt ln log2 log10 sgn deg rad sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh'
const DATES = 'year month day_of_month day_of_week day_of_year days_in_month hour minute'
const OVER_TIME =
  'rate increase delta irate idelta deriv changes resets avg_over_time min_over_time max_over_time sum_over_time ' +
  'count_over_time stddev_over_time stdvar_over_time last_over_time present_over_time absent_over_time'

interface Grammar {
  readonly vector: string
  readonly scalar: string
  readonly range: string
}

const { vector, scalar } = fc.letrec<Grammar>((tie) => ({
  range: fc.oneof(
    { depthSize: 'small' },
    { weight: 4, arbitrary: fc.tuple(selector, duration, modifiers).map(([s, d, m]) => `${s}[${d}] ${m}`.trim()) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(tie('vector'), duration, oneOf('10s', '15s', '1m', ''), modifiers)
        .map(([expression, d, step, m]) => `(${expression})[${d}:${step}] ${m}`.trim()),
    },
  ),
  scalar: fc.oneof(
    { depthSize: 'small' },
    { weight: 5, arbitrary: number },
    { weight: 1, arbitrary: oneOf('time()', 'pi()', 'scalar(up{instance="a:80"})') },
    { weight: 1, arbitrary: tie('vector').map((expression) => `scalar(${expression})`) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(tie('scalar'), oneOf('+', '-', '*', '/', '%', '^', '== bool', '< bool'), tie('scalar'))
        .map(([a, operator, b]) => `(${a} ${operator} ${b})`),
    },
  ),
  vector: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 6, arbitrary: fc.tuple(selector, modifiers).map((parts) => parts.join(' ').trim()) },
    {
      weight: 8,
      arbitrary: fc.tuple(oneOf(...OVER_TIME.split(' ')), tie('range')).map(([name, range]) => `${name}(${range})`),
    },
    {
      weight: 2,
      arbitrary: fc.oneof(
        fc
          .tuple(oneOf('0', '0.5', '0.95', '1'), tie('range'))
          .map(([q, range]) => `quantile_over_time(${q}, ${range})`),
        // With @ its result depends on the step all the same; 2.42 loses samples there.
        fc
          .tuple(selector, duration, plainNumber)
          .map(([metric, d, seconds]) => `predict_linear(${metric}[${d}], ${seconds})`),
      ),
    },
    {
      weight: 8,
      arbitrary: fc
        .tuple(
          oneOf('sum', 'avg', 'count', 'min', 'max', 'group'),
          oneOf('by', 'without'),
          labelList,
          tie('vector'),
          fc.boolean(),
        )
        .map(([operator, how, labels, inner, first]) =>
          first ? `${operator} ${how} (${labels}) (${inner})` : `${operator}(${inner}) ${how} (${labels})`,
        ),
    },
    {
      weight: 2,
      arbitrary: fc.oneof(
        fc
          .tuple(oneOf('0', '0.3', '0.5', '0.99', '1'), labelList, tie('vector'))
          .map(([q, labels, inner]) => `quantile by (${labels}) (${q}, ${inner})`),
        // Of finite numbers only: the spread of one that is not finite was 0 in 2.42.
        fc
          .tuple(oneOf('stddev', 'stdvar'), labelList, oneOf('http_requests_total', 'memory_bytes', 'rate(up[5m])'))
          .map(([operator, labels, inner]) => `${operator} by (${labels}) (${inner})`),
        fc
          .tuple(labelList, oneOf('up', 'http_requests_total', 'temperature_celsius', 'count_over_time(up[5m])'))
          .map(([labels, inner]) => `count_values by (${labels}) ("value", ${inner})`),
        fc
          .tuple(oneOf('topk', 'bottomk'), oneOf('1', '2', '5'), oneOf('memory_bytes', 'latency_seconds_sum'))
          .map(([operator, k, name]) => `${operator}(${k}, ${name})`),
      ),
    },
    {
      weight: 4,
      arbitrary: fc
        .tuple(oneOf(...`${MATH} ${DATES} timestamp`.split(' ')), tie('vector'))
        .map(([f, v]) => `${f}(${v})`),
    },
    {
      weight: 2,
      arbitrary: fc.oneof(
        tie('vector').map((inner) => `absent(${inner})`),
        tie('scalar').map((inner) => `vector(${inner})`),
        fc.tuple(tie('vector'), plainNumber).map(([inner, to]) => `round(${inner}, ${to})`),
        fc.tuple(tie('vector'), plainNumber).map(([inner, bound]) => `clamp_min(${inner}, ${bound})`),
        fc.tuple(tie('vector'), tie('scalar')).map(([inner, bound]) => `clamp_max(${inner}, ${bound})`),
        fc.tuple(tie('vector'), number, number).map(([inner, a, b]) => `clamp(${inner}, ${a}, ${b})`),
        oneOf('hour()', 'minute()', 'day_of_week()', 'year()', 'days_in_month()'),
      ),
    },
    {
      weight: 2,
      arbitrary: fc.oneof(
        fc
          .tuple(
            tie('vector'),
            oneOf('instance', 'job', 'new'),
            oneOf('$1', `x-$\{1}-$2`, '', '$name'),
            oneOf('(.*):(.+)', '(?P<name>a.*)', '.*', 'b(.)'),
          )
          .map(([inner, to, text, regex]) => `label_replace(${inner}, "${to}", "${text}", "instance", "${regex}")`),
        fc
          .tuple(tie('vector'), oneOf('instance', 'new'))
          .map(([inner, to]) => `label_join(${inner}, "${to}", "/", "job", "instance", "nothing")`),
      ),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(
          oneOf('0', '0.25', '0.5', '0.9', '0.99', '1', '-1', '2'),
          oneOf('', 'job, ', 'job, instance, '),
          duration,
        )
        .map(([q, labels, d]) => `histogram_quantile(${q}, sum by (${labels}le) (rate(latency_seconds_bucket[${d}])))`),
    },
    {
      weight: 6,
      arbitrary: fc
        .tuple(
          tie('vector'),
          // Not atan2, which keeps the name in 2.42.
          oneOf('+', '-', '*', '/', '%', '^', '==', '!=', '<', '>', '<=', '>='),
          fc.boolean(),
          tie('scalar'),
          fc.boolean(),
        )
        .map(([v, operator, bool, s, first]) => {
          const op = bool && /[<>=]/.test(operator) ? `${operator} bool` : operator
          return first ? `(${s} ${op} ${v})` : `(${v} ${op} ${s})`
        }),
    },
    {
      weight: 6,
      arbitrary: fc
        .tuple(
          tie('vector'),
          oneOf('+', '-', '*', '/', '%', '==', '>', '<= bool', '!= bool'),
          oneOf(
            '',
            'on (job)',
            'on (job, instance)',
            'ignoring (code, method)',
            'on (instance) group_left (version)',
            'ignoring (code, method) group_left ()',
            'on (job, instance) group_right (job)',
            'on (nothing)',
          ),
          tie('vector'),
        )
        .map((parts) => `(${parts.join(' ')})`),
    },
    {
      weight: 4,
      arbitrary: fc
        .tuple(
          tie('vector'),
          oneOf('and', 'or', 'unless'),
          oneOf('', 'on (job)', 'ignoring (code, method, version)', 'on ()'),
          tie('vector'),
        )
        .map((parts) => `(${parts.join(' ')})`),
    },
    { weight: 1, arbitrary: fc.tuple(oneOf('-', '+'), tie('vector')).map(([sign, inner]) => `${sign}(${inner})`) },
    { weight: 1, arbitrary: fc.tuple(oneOf('sort', 'sort_desc'), tie('vector')).map(([f, v]) => `${f}(${v})`) },
  ),
}))

/** @param count how many; the same ones for the same seed */
export function generatedQueries(count: number, seed: number): string[] {
  const queries = new Set<string>()
  const sampled = fc.sample(fc.oneof({ weight: 9, arbitrary: vector }, { weight: 1, arbitrary: scalar }), {
    numRuns: count * 3,
    seed,
  })
  for (const query of sampled) {
    if (query.length < 400) queries.add(query)
    if (queries.size === count) break
  }
  return [...queries]
}
