import type { LogQuery } from '../../../query/logql/expression.ts'
import { defineLogqlExercise } from '../queries/logql-exercise.ts'
import { averageLatency, fixedValues, type LogqlMistake, otherRange } from '../queries/logql-mistakes.ts'
import { logsOf, rangesOf, stagesOf } from '../queries/logql-nodes.ts'
import type { LogLine } from '../queries/service-log.ts'

/** A line of the proxy. */
function said(second: number, message: string, level = 'info'): LogLine {
  return { second, service: 'proxy', level, message }
}

/** A request every five seconds, for 20 minutes. */
function requests(path: string, took: (i: number) => string, status: (i: number) => number = () => 200): LogLine[] {
  return Array.from({ length: 240 }, (_, i) => said(i * 5, `${i % 3 ? 'GET' : 'POST'} ${path} ${status(i)} ${took(i)}`))
}

const COURSES = requests('/v1/courses', (i) => (i === 200 ? '340ms' : `${10 + (i % 9)}.5ms`))
const HELLO = requests('/hello', (i) => (i === 170 ? '2.1ms' : `${400 + (i % 7) * 30}µs`))

const MESSAGES: readonly LogLine[] = [
  said(10, 'listening on :8080'),
  said(900, 'upstream 10.0.0.7:8080 is down', 'warn'),
  said(905, 'certificate expires in 3h'),
  said(910, 'configuration reloaded in 40ms'),
]

const noConversion: LogqlMistake = {
  isIn: ({ query }) => rangesOf(query).some(({ unwrap }) => unwrap?.conversion === 'number'),
  look: 'what is unwrapped: it is a text with a unit, of which unwrap makes a number only if it is told how',
}

function patternsOf(query: LogQuery): string[] {
  return logsOf(query).flatMap(({ stages }) =>
    stages.flatMap((stage) => (stage.kind === 'pattern' ? [stage.expression] : [])),
  )
}

/** `pattern` over a line of JSON. */
const patternOfLine: LogqlMistake = {
  isIn: ({ query }) =>
    stagesOf(query, 'lineFormat').length === 0 && patternsOf(query).some((pattern) => !pattern.includes('"')),
  look: 'what the pattern is compared with: the line, which is JSON; json makes labels of it, and leaves the line as it is',
}

/** Messages that look like a request to a pattern. */
const notOnlyPaths: LogqlMistake = {
  isIn: ({ query }) =>
    !stagesOf(query, 'labelFilter').some(
      ({ filter }) => filter.kind === 'string' && ['path', 'method', 'status'].includes(filter.matcher.name),
    ),
  look: 'which messages fit the pattern: other messages may have four words as well, the last of them a time or none',
}

export default defineLogqlExercise({
  hints: [
    'pattern reads the line. The line is JSON; after | json | line_format "{{.message}}" it is the message.',
    'pattern "<method> <path> <status> <took>" makes four labels, and unwrap duration(took) turns 12.5ms into 0.0125.',
    'Other messages fit the pattern as well, so ask for a path that begins with a slash: | path=~"/.*"',
  ],
  expected: 'one series for each path, with the label path only: the longest time of its requests, in seconds',
  reference: `
    max by (path) (max_over_time({service="proxy"}
      | regexp \`"message":"[A-Z]+ (?P<path>/\\S*) [0-9]+ (?P<took>[^"]+)"\`
      | path!="" | unwrap duration_seconds(took) [10m]) by (path))`,
  shown: { lines: [...COURSES, ...HELLO, said(10, 'listening on :8080')], minutes: 20 },
  hidden: [
    {
      when: 'when some requests take minutes, and some fail',
      lines: [
        ...requests(
          '/report',
          (i) => (i === 189 ? '1m3s' : i === 200 ? '9.5s' : '800ms'),
          (i) => (i % 5 ? 200 : 504),
        ),
        ...HELLO,
      ],
      minutes: 20,
    },
    { when: 'when the proxy tells other things as well', lines: [...COURSES, ...MESSAGES], minutes: 20 },
    {
      when: 'when other services write texts of the same form',
      lines: [...COURSES, ...COURSES.map((line) => ({ ...line, service: 'mail', message: 'GET /mail 200 55s' }))],
      minutes: 20,
    },
    {
      when: 'when the longest request was twelve minutes ago',
      lines: requests('/v1/courses', (i) => (i === 90 ? '12s' : '15ms')),
      minutes: 20,
    },
  ],
  mistakes: [patternOfLine, noConversion, averageLatency, notOnlyPaths, fixedValues('path'), otherRange(10)],
  look: 'what each stage makes of the line, and which lines are left',
})
