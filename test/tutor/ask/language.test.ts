import t from 'tap'
import { asksForLines, languageOf } from '../../../tutor/ask/language.ts'

const METRICS = [
  'up',
  '1 + 1',
  'vector(1)',
  'sum by (route) (rate(http_server_request_count_total{status=~"5.."}[1m]))',
  '{__name__="up"}',
  '{"http.requests", job="app"}',
  'up and on (job) {job="app"}',
  // With a mistake:
  'sum(rate(http_requests_total[1m])',
  'rate(up[1m]) + {job="app"',
  'up{job="{level"',
  '{__name__="up"',
]

const LOGS = [
  '{level="error"}',
  ' ({level="error"})',
  '# errors\n{level="error"}',
  '{level="error"} | json | latency > 300ms',
  'sum by (level) (count_over_time({service="course-app"}[1m]))',
  'count_over_time({a="b"}[1m]) and count_over_time({c="d"}[1m])',
  'avg_over_time({a="b"} | json | unwrap latency [1m]) by (route)',
  '{a="b"} | line_format "up{{.route}}"',
  // With a mistake:
  '{level="error"',
  'rate({level="error"} |= "x" [1m]',
]

t.test('a query that names a metric is PromQL, one that selects by labels alone is LogQL', (t) => {
  for (const query of METRICS) t.equal(languageOf(query), 'metrics', query)
  for (const query of LOGS) t.equal(languageOf(query), 'logs', query)
  t.end()
})

t.test('a log query asks for lines unless it counts them', (t) => {
  for (const query of LOGS) t.equal(asksForLines(query), /^[ (]*\{|^#/.test(query), query)
  t.end()
})
