import { defineLogqlExercise } from '../queries/logql-exercise.ts'
import { bothLines, countForRate, errorText, fixedStatus, otherRange, refusedToo } from '../queries/logql-mistakes.ts'
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

export default defineLogqlExercise({
  hints: [
    'Each failed request has exactly one line with a status. After | json, status is a label that can be compared with a number: | status >= 500',
    'rate({…} … [5m]) counts lines per second. sum by (service) (…) adds up the series.',
    'A line that json cannot read has the label __error__, and passes comparisons with numbers. | __error__="" leaves it out.',
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
