import type { LogQuery } from '../../../query/logql/expression.ts'
import { defineLogqlExercise } from '../queries/logql-exercise.ts'
import { type LogqlMistake, otherRange } from '../queries/logql-mistakes.ts'
import { logsOf, rangesOf, stagesOf, textsOf } from '../queries/logql-nodes.ts'
import { type LogLine, requestsEvery, uuid } from '../queries/service-log.ts'

const FIFTEEN_MINUTES = [0, 900] as const

/** Requests to the app: one of ten fails. */
const APP = requestsEvery(3, ...FIFTEEN_MINUTES, (i) => ({ route: '/v1/courses', status: i % 10 === 4 ? 500 : 200 }))

/** Successful requests whose path, or caller, has the word error in it. */
const NAMED_ERROR = requestsEvery(6, ...FIFTEEN_MINUTES, () => ({ route: '/error-reports' }))

const PARTNER = requestsEvery(6, ...FIFTEEN_MINUTES, (i) => ({
  service: 'partner',
  route: '/hop',
  status: i % 5 === 0 ? 503 : 200,
}))

/** A job of no request. */
const JOB: readonly LogLine[] = Array.from({ length: 15 }, (_, i) => ({
  second: i * 60,
  level: 'error',
  message: 'expired bookings cannot be released',
  members: { err: { type: 'Error', message: 'error: the database has not answered' } },
}))

/** A line that is cut off after its status. */
const LONG: LogLine = {
  second: 700,
  level: 'error',
  message: 'request completed',
  members: {
    route: '/v1/courses',
    status: 500,
    request_id: uuid('long'),
    stack: 'at serve (server.js:12:9) '.repeat(3000),
  },
}

/** `|= "error"` */
const errorText: LogqlMistake = {
  isIn: ({ query }) => textsOf(query).some((text) => /^error$/i.test(text)),
  look: 'what the filter finds: the word error may stand anywhere, in a path or in a message, and says nothing about the status',
}

/** Counting all lines with the level error. */
const bothLines: LogqlMistake = {
  isIn: ({ query }) =>
    logsOf(query).every(({ stages }) => stages.every(({ kind }) => kind === 'lineFilter')) &&
    logsOf(query).length > 0 &&
    !textsOf(query).some((text) => text.includes('request completed')),
  look: 'what is counted: a failure writes two lines, and there are errors that belong to no request; only one line of a failure has what the task asks about',
}

const refusedToo: LogqlMistake = {
  isIn: ({ query }) => statusesOf(query, ['404', '200']).includes(true),
  look: 'the condition on status: 404 says that the request was wrong, not that the server failed',
}

const fixedStatus: LogqlMistake = {
  isIn: ({ query }) => statusesOf(query, ['500', '502', '503', '504']).includes(false),
  look: 'the condition on status: a failure is any status from 500 to 599, and a regular expression has to match the whole value',
}

/** Whether filters on the label `status` let these values pass; empty without such a filter. */
function statusesOf(query: LogQuery, values: readonly string[]): boolean[] {
  return stagesOf(query, 'labelFilter').flatMap(({ filter }) => {
    if (filter.kind === 'string' && filter.matcher.name === 'status')
      return values.map((value) => filter.matcher.matches(value))
    if (filter.kind === 'number' && filter.label === 'status' && filter.operator.startsWith('>'))
      return values.map((value) => Number(value) >= filter.value)
    return []
  })
}

/** `count_over_time` where a rate is asked for. */
const countForRate: LogqlMistake = {
  isIn: ({ query }) =>
    rangesOf(query).some(({ operation }) => operation === 'count_over_time' || operation === 'sum_over_time'),
  look: 'the unit: count_over_time tells how many there were in the whole range, and the task asks for how many per second',
}

export default defineLogqlExercise({
  hints: [
    'Each failed request has exactly one line with a status. After | json, status is a label that can be compared with a number: | status >= 500',
    'rate({…} … [5m]) counts lines per second. sum by (service) (…) adds up the series.',
    'From a line that is cut off, json reads what comes before the cut, and adds the label __error__. | __error__="" leaves such lines out.',
  ],
  expected: 'one series for each service, with the label service only: failed requests per second, each counted once',
  reference:
    'sum by (service) (count_over_time({level=~"error|fatal"} | json s="status", m="message" | m="request completed" | s=~"5.." [5m])) / 300',
  shown: { lines: [...APP, ...PARTNER, ...JOB], minutes: 15 },
  hidden: [
    { when: 'when a path has the word error in it', lines: [...APP, ...NAMED_ERROR], minutes: 15 },
    {
      when: 'when requests failed ten minutes ago',
      lines: requestsEvery(2, ...FIFTEEN_MINUTES, (i) => ({
        route: '/v1/courses',
        status: i < 150 || i > 440 ? 500 : 200,
      })),
      minutes: 15,
    },
    {
      when: 'when requests are refused with 404, and fail with 502 and 504',
      lines: requestsEvery(2, ...FIFTEEN_MINUTES, (i) => ({
        service: 'gateway',
        route: '/v1/bookings',
        status: [200, 404, 502, 200, 504][i % 5] as number,
      })),
      minutes: 15,
    },
    { when: 'when a line is so long that Loki cut it off', lines: [...APP, ...PARTNER, LONG], minutes: 15 },
    {
      when: 'when a failure is about a request that completed',
      lines: requestsEvery(6, ...FIFTEEN_MINUTES, (i) => ({
        route: '/v1/bookings',
        status: i % 4 ? 200 : 500,
        error: 'status 500: request completed, but not saved',
      })),
      minutes: 15,
    },
  ],
  mistakes: [errorText, refusedToo, fixedStatus, bothLines, countForRate, otherRange(5)],
  look: 'which lines are counted: each failed request once, and nothing else',
})
