import { type Cause, nothing, shows, symptom } from '../cause.ts'
import type { ParametersOf } from '../fault.ts'
import type { nPlusOne } from '../faults/n-plus-one.ts'
import type { Run } from '../incident.ts'
import { hasRisen, lastOf, rowsOf, standsOut } from '../rows.ts'
import { named } from '../span-facts.ts'

const STATEMENTS = /db_client_operation_duration_seconds_(count|sum|bucket)/
const REQUESTS = /http_server_request_(count_total|duration_seconds_count)/

export const nPlusOneCauses = ({ parameters: { pageSize } }: Run<ParametersOf<typeof nPlusOne>>): Cause[] => [
  {
    name: 'an N+1 query. The batches of a page are read course by course, one statement for each',
    related: ['an N+1 query'],
    terms: [
      {
        words:
          /n ?\+ ?1|\b(one|a|single|separate|own|extra|individual)\b.{0,25}\b(statement|query|select|read|call|lookup)s? (for|per|of) |(for|per) (each|every|a|one) (course|item|row|one)|per (course|item|row)|course by course|one (by one|after (the other|another))|in a loop|loops? over|(statement|quer(y|ie)|select)s? (per|for) (each|every|course|item)|(many|too many|dozens of|\d+) (statements|queries|selects)/,
        missing: 'What does one slow request do so often?',
      },
    ],
    trace(trace) {
      const reads = named('SELECT batches', trace).length
      if (reads > pageSize / 2) return shows(`${reads} statements read batches, one after the other.`)
      const { root, spans } = trace
      if (root.name === 'GET /v1/courses' && spans.length > 2)
        return nothing(`It has ${spans.length} spans: a page as it should be.`)
      return nothing('An ordinary one: it has as few statements as ever.')
    },
    line: ({ route, latency }) =>
      route === '/v1/courses' && Number(latency) > 50
        ? symptom('The line says that the request was slow. Its trace says what it did.')
        : nothing('The line of a request that is as fast as ever.'),
    query({ question: { query }, answer: { data } }) {
      if (!STATEMENTS.test(query))
        return REQUESTS.test(query) || /request_duration/.test(query)
          ? symptom('Requests are slow, or as many as before. What is each of them made of?')
          : nothing('It is about something else.')
      const rows = rowsOf(data)
      const row = rows.find(
        ({ labels }) => labels.table === 'batches' || (labels.table === undefined && /batches/.test(query)),
      )
      if (row === undefined) return nothing('Which table are the statements about?')
      if (REQUESTS.test(query) && query.includes('/') && lastOf(row) >= 5)
        return shows(`${lastOf(row).toFixed(0)} statements for each request.`)
      if (standsOut(row, rows, 3) || hasRisen(row, 3)) return shows('Statements that read batches have multiplied.')
      return nothing('One number alone shows no change. Compare tables, or look at a range: --last 5m.')
    },
  },
]
