import type { Language, Panel } from '../../wire.ts'
import { has, isCourse, state } from '../server/server-state.ts'
import type { Period } from './questions.ts'

/** A question in words, and as a query. */
export interface Example {
  readonly question: string
  readonly query: string
  readonly over: Period
}

interface ExampleSpec extends Omit<Example, 'query'> {
  readonly panel: Panel
  readonly isOfCourse?: true
  /** @param service its name in label values */
  readonly query: (service: string) => string
}

const COUNT = 'http_server_request_count_total'
const DURATION = 'http_server_request_duration_seconds'

const PROMQL: readonly ExampleSpec[] = [
  {
    question: 'How many requests per second, by route?',
    query: () => `sum by (route) (rate(${COUNT}[1m]))`,
    over: '5m',
    panel: 'metrics',
  },
  {
    question: 'Which share of the requests fails?',
    query: () => `sum(rate(${COUNT}{status=~"5.."}[1m])) / sum(rate(${COUNT}[1m]))`,
    over: '5m',
    panel: 'metrics',
  },
  {
    question: 'Within which time are 95 of 100 requests answered, by route?',
    query: () => `histogram_quantile(0.95, sum by (le, route) (rate(${DURATION}_bucket[1m])))`,
    over: '5m',
    panel: 'metrics',
  },
  {
    question: 'How many requests has each series counted?',
    query: () => COUNT,
    over: 'now',
    panel: 'metrics',
  },
  {
    question: 'Which samples are behind a rate?',
    query: () => `${COUNT}[30s]`,
    over: 'now',
    panel: 'metrics',
  },
  {
    question: 'How long do requests take on average, by route?',
    query: () => `sum by (route) (rate(${DURATION}_sum[1m])) / sum by (route) (rate(${DURATION}_count[1m]))`,
    over: '5m',
    panel: 'metrics',
  },
  {
    question: 'Which share of the lookups found its course in the cache?',
    query: () =>
      'sum(rate(cache_requests_total{operation="GET",result="hit"}[1m])) / sum(rate(cache_requests_total{operation="GET"}[1m]))',
    over: '5m',
    panel: 'metrics',
    isOfCourse: true,
  },
  {
    question: 'Is the app up?',
    query: () => 'up',
    over: '15m',
    panel: 'metrics',
  },
]

const LOGQL: readonly ExampleSpec[] = [
  {
    question: 'What has the service logged?',
    query: (service) => `{service=${service}}`,
    over: '5m',
    panel: 'logs',
  },
  {
    question: 'Which lines are warnings or errors?',
    query: (service) => `{service=${service}, level=~"warn|error|fatal"}`,
    over: '15m',
    panel: 'logs',
  },
  {
    question: 'How many lines per second, by level?',
    query: (service) => `sum by (level) (rate({service=${service}}[1m]))`,
    over: '5m',
    panel: 'logs',
  },
  {
    question: 'Which requests took longer than 100 ms?',
    query: (service) => `{service=${service}} |= "request completed" | json | latency > 100`,
    over: '5m',
    panel: 'request_ids',
  },
  {
    question: 'Which requests failed, in a line each?',
    query: (service) =>
      `{service=${service}} | json | status >= 500 | line_format "{{.method}} {{.path}} was answered with {{.status}}"`,
    over: '15m',
    panel: 'request_ids',
  },
  {
    question: 'How many requests were answered, by route and status?',
    query: (service) =>
      `sum by (route, status) (count_over_time({service=${service}} |= "request completed" | json [5m]))`,
    over: 'now',
    panel: 'request_ids',
  },
  {
    question: 'Within which time are 95 of 100 requests answered, by route?',
    query: (service) =>
      `quantile_over_time(0.95, {service=${service}} |= "request completed" | json | unwrap latency [5m]) by (route)`,
    over: 'now',
    panel: 'request_ids',
  },
]

const EXAMPLES: Readonly<Record<Language, readonly ExampleSpec[]>> = { promql: PROMQL, logql: LOGQL }

/** The examples that the running phase can answer. */
export function examplesFor(language: Language): readonly Example[] {
  const service = JSON.stringify(state.value?.service ?? '')
  return EXAMPLES[language]
    .filter(({ panel, isOfCourse }) => has(panel) && (isOfCourse === undefined || isCourse.value))
    .map(({ question, query, over }) => ({ question, query: query(service), over }))
}
