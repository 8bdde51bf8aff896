import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { readLines } from '../../query/lines/read-lines.ts'
import { LogEngine, type LogResult } from '../../query/logql/engine.ts'
import { parseLogQuery } from '../../query/logql/parse.ts'
import { dashboards, filesIn, type Rule, root } from '../prometheus/shipped.ts'

const RULES = 'docker/loki/rules/fake'
const TRACE = '0af7651916cd43dd8448eb211c80319c'
const START = Date.parse('2026-01-01T00:00:00Z')

const rules = filesIn(RULES, '.yml').flatMap((file) => {
  const { groups } = parse(readFileSync(join(root, file), 'utf8')) as { groups: { rules: Rule[] }[] }
  return groups.flatMap((group) => group.rules.map(({ expr }) => expr))
})

const panels = dashboards.flatMap((dashboard) =>
  dashboard.panels
    .filter(({ datasource }) => datasource?.uid === 'loki')
    .flatMap(({ targets = [] }) => targets.map(({ expr = '' }) => expr.replaceAll('$trace_id', TRACE))),
)

/** In the documents, as code that begins with a selector of streams. */
const written = ['README.md', ...filesIn('docs', '.md')].flatMap((file) =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/`(\{(?:service|level)[=!][^`]*)`/g)].map(
    ([, query = '']) => query,
  ),
)

/** As the app writes them: two errors a second for a minute, of which every tenth is fatal. */
const engine = new LogEngine(
  readLines(
    Array.from({ length: 120 }, (_, i) =>
      JSON.stringify({
        time: new Date(START + i * 500).toISOString(),
        level: i % 10 === 0 ? 'fatal' : 'error',
        service: 'course-app',
        request_id: `req-${i}`,
        trace_id: i % 2 === 0 ? TRACE : `${i}`.padStart(32, '0'),
        message: 'request completed',
        status: 500,
        latency: '12ms',
      }),
    ).join('\n'),
  ),
)
const moment = (seconds: number) => BigInt(START + seconds * 1000) * 1_000_000n

function answer(expression: string): LogResult {
  if (parseLogQuery(expression).kind !== 'log') return engine.instant(expression, moment(60))
  const range = { start: moment(0), end: moment(60), step: 1n, interval: 0n, limit: 100, direction: 'forward' as const }
  return engine.range(expression, range)
}

t.test('every rule for Loki has a value over lines that it is made for', (t) => {
  t.ok(rules.length > 1, 'they have been found')
  for (const expression of rules) {
    const result = answer(expression)
    t.equal(result.type, 'vector', expression)
    t.ok(result.type === 'vector' && result.series.length > 0, expression)
  }
  t.end()
})

t.test('every panel with lines shows those of the trace', (t) => {
  t.ok(panels.length > 1, 'they have been found')
  for (const expression of panels) {
    const result = answer(expression)
    t.equal(result.type, 'streams', expression)
    const streams = result.type === 'streams' ? result.streams : []
    t.equal(streams.flatMap(({ lines }) => lines).length, 60, expression)
    t.ok(streams.every(({ labels }) => labels.get('trace_id') === TRACE))
  }
  t.end()
})

t.test('every query of the documents can be asked', (t) => {
  t.ok(written.length > 2, 'they have been found')
  for (const expression of written) t.equal(answer(expression).type, 'streams', expression)
  t.end()
})
