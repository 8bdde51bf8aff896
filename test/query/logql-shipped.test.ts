import t from 'tap'
import { readLines } from '../../query/lines/read-lines.ts'
import { LogEngine, type LogResult } from '../../query/logql/engine.ts'
import { parseLogQuery } from '../../query/logql/parse.ts'
import { documentQueries, panelQueries, ruleQueries, TRACE } from './shipped-logql.ts'

const START = Date.parse('2026-01-01T00:00:00Z')

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
  t.ok(ruleQueries.length > 1, 'they have been found')
  for (const expression of ruleQueries) {
    const result = answer(expression)
    t.equal(result.type, 'vector', expression)
    t.ok(result.type === 'vector' && result.series.length > 0, expression)
  }
  t.end()
})

t.test('every panel with lines shows those of the trace', (t) => {
  t.ok(panelQueries.length > 1, 'they have been found')
  for (const expression of panelQueries) {
    const result = answer(expression)
    t.equal(result.type, 'streams', expression)
    const streams = result.type === 'streams' ? result.streams : []
    t.equal(streams.flatMap(({ lines }) => lines).length, 60, expression)
    t.ok(streams.every(({ labels }) => labels.get('trace_id') === TRACE))
  }
  t.end()
})

t.test('every query of the documents can be asked', (t) => {
  t.ok(documentQueries.length > 2, 'they have been found')
  for (const expression of documentQueries) t.equal(answer(expression).type, 'streams', expression)
  t.end()
})
