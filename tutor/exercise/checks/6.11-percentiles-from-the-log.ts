import { defineLogqlExercise } from '../queries/logql-exercise.ts'
import { averageLatency, fixedValues, type LogqlMistake, otherRange } from '../queries/logql-mistakes.ts'
import { aggregationsOf, logsOf, rangesOf, stagesOf, textsOf } from '../queries/logql-nodes.ts'
import { type LogLine, requestsEvery } from '../queries/service-log.ts'

const LONG = [0, 1200] as const

/** Mostly fast, and a few slow ones. */
function latencyOf(i: number, slow: number): number {
  return i % 12 === 7 ? slow + i : 5 + (i % 9)
}

const COURSES = requestsEvery(4, ...LONG, (i) => ({
  route: '/v1/courses',
  path: `/v1/courses?page=${i}`,
  latency: latencyOf(i, 300),
}))
const BOOKINGS = requestsEvery(5, ...LONG, (i) => ({
  method: 'POST',
  route: '/v1/bookings',
  status: 201,
  latency: 40 + (i % 30) * 4,
}))

const CALLS: readonly LogLine[] = Array.from({ length: 200 }, (_, i) => ({
  second: i * 6,
  message: 'call completed',
  members: { rpc: 'course.v1.CourseService/GetCourse', grpc_status: 'OK', latency: 2000 + i, request_id: `call-${i}` },
}))

/** `avg by (route) (quantile_over_time(…))` */
const averagedQuantiles: LogqlMistake = {
  isIn: ({ query }) =>
    aggregationsOf(query).some(({ expression }) =>
      rangesOf(expression).some(({ operation }) => operation === 'quantile_over_time'),
    ),
  look: 'what is put together: percentiles cannot be averaged or added; quantile_over_time takes by (…) itself, after its parentheses',
}

/** `unwrap duration(latency)`, for a number of milliseconds. */
const durationOfNumber: LogqlMistake = {
  isIn: ({ query }) =>
    rangesOf(query).some(({ unwrap }) => unwrap?.conversion === 'duration' && unwrap.label === 'latency'),
  look: 'the conversion: duration(…) reads times such as 12ms, and latency is a number without a unit',
}

const noUnwrap: LogqlMistake = {
  isIn: ({ query }) => rangesOf(query).every(({ unwrap }) => unwrap === undefined) && rangesOf(query).length > 0,
  look: 'what the numbers are: without unwrap, functions count lines, and do not look at a value in them',
}

const otherServices: LogqlMistake = {
  isIn: ({ query }) =>
    logsOf(query).some(({ matchers }) =>
      matchers.some((one) => one.name === 'level' || (one.name === 'service' && one.matches('partner'))),
    ),
  look: 'the braces: the task asks for the lines of one service, at all levels',
}

const notOnlyRequests: LogqlMistake = {
  isIn: ({ query, error }) =>
    error === undefined &&
    !stagesOf(query, 'labelFilter').some(
      ({ filter }) => filter.kind === 'string' && ['message', 'route'].includes(filter.matcher.name),
    ) &&
    !textsOf(query).some((text) => text.includes('request completed')),
  look: 'which lines have a latency: those of requests, and lines "call completed" of gRPC, which have no route',
}

export default defineLogqlExercise({
  hints: [
    'json makes a label of latency, and unwrap latency a number of the label. Then a function such as avg_over_time can work with it.',
    'quantile_over_time(0.95, {…} | json | … | unwrap latency [10m]) by (route) keeps one label.',
    'Only lines with message="request completed" are requests. 1000 milliseconds are a second.',
  ],
  expected: 'one series for each route, with the label route only: the 95th percentile of its latency, in seconds',
  reference: `
    quantile_over_time(0.95, {service="course-app"} |= "request completed" | json route="route", ms="latency"
      | __error__="" | route!="" | label_format s="{{ divf .ms 1000 }}" | unwrap s [10m]) by (route)`,
  shown: { lines: [...COURSES, ...BOOKINGS], minutes: 20 },
  hidden: [
    { when: 'when there are gRPC calls as well', lines: [...COURSES, ...CALLS], minutes: 20 },
    {
      when: 'when other services answer requests',
      lines: [
        ...COURSES,
        ...requestsEvery(3, ...LONG, () => ({ service: 'partner', route: '/hop', latency: 900 })),
        ...requestsEvery(3, ...LONG, () => ({ service: 'gateway', route: '/v1/courses', latency: 900 })),
      ],
      minutes: 20,
    },
    {
      when: 'when requests fail, and are slow then',
      lines: requestsEvery(3, ...LONG, (i) => ({
        route: '/search',
        status: i % 8 ? 200 : 503,
        latency: i % 8 ? 20 : 3000 + i,
      })),
      minutes: 20,
    },
    {
      when: 'when requests were slow twelve minutes ago',
      lines: requestsEvery(2, ...LONG, (i) => ({ route: '/hello', latency: i < 280 ? 4000 : 10 + (i % 50) })),
      minutes: 20,
    },
  ],
  mistakes: [
    averagedQuantiles,
    durationOfNumber,
    noUnwrap,
    averageLatency,
    otherServices,
    notOnlyRequests,
    fixedValues('route'),
    otherRange(10),
  ],
  look: 'which lines are looked at, and what is made of their latency',
})
