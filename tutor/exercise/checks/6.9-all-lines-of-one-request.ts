import { defineLogqlExercise } from '../queries/logql-exercise.ts'
import type { LogqlMistake } from '../queries/logql-mistakes.ts'
import { logsOf, STREAM_LABELS, textsOf } from '../queries/logql-nodes.ts'
import { type LogLine, linesOf, requestsEvery, uuid } from '../queries/service-log.ts'

const ID = '7c5bfd10-07d3-44ca-8f9f-06d80f5605ae'

/** A line of the request that is asked for, or of another one. */
function step(second: number, message: string, rest: Partial<LogLine> = {}): LogLine {
  return {
    second,
    level: 'debug',
    message,
    ...rest,
    members: { ...rest.members, request_id: rest.members?.request_id ?? ID },
  }
}

const OTHERS = requestsEvery(15, 0, 600, (i) => ({
  route: i % 2 ? '/v1/courses' : '/hello',
  status: i % 7 ? 200 : 404,
}))

const ANSWERED: readonly LogLine[] = [
  step(300, 'database query', { members: { statement: 'select', latency: 3.1 } }),
  step(300, 'partner request', { members: { path: '/hop' } }),
  ...linesOf({ second: 301, service: 'partner', id: ID, route: '/hop', latency: 611 }),
  ...linesOf({ second: 301, id: ID, route: '/propagation', latency: 655 }),
]

const MENTIONS: readonly LogLine[] = [
  step(320, 'request repeated', { level: 'warn', members: { retry_of: ID, request_id: uuid('retry') } }),
  step(400, `support asks for ${ID}`, { level: 'info', members: { request_id: uuid('support') } }),
  ...linesOf({ second: 401, id: uuid('search'), route: '/v1/bookings', path: `/v1/bookings?request_id=${ID}` }),
  { second: 402, level: 'info', message: `request_id=${ID} was exported` },
  ...linesOf({ second: 403, id: `${ID}-2`, route: '/hello' }),
]

/** A condition in braces on what is no label of a stream. */
const idInSelector: LogqlMistake = {
  isIn: ({ query }) => logsOf(query).some(({ matchers }) => matchers.some(({ name }) => !STREAM_LABELS.includes(name))),
  look: 'the braces: only service and level are labels of streams; what differs from line to line is filtered for after them',
}

/** A selector that leaves streams out in which there are lines that are wanted. */
const selectorTooNarrow: LogqlMistake = {
  isIn: ({ query, difference }) =>
    (difference?.kind === 'missing' || difference?.kind === 'nothing') &&
    logsOf(query).some(({ matchers }) => matchers.some((one) => !one.matches('any'))),
  look: 'the streams that the braces choose: a request may pass through other services, and write lines of any level',
}

const textForField: LogqlMistake = {
  isIn: ({ query }) => textsOf(query).some((text) => ID.includes(text) || text.includes(ID)),
  look: 'what the filter compares: a line filter finds the text anywhere in the line, and a label filter looks at one field',
}

export default defineLogqlExercise({
  hints: [
    'The braces choose streams by their labels, and need at least one condition: {service=~".+"} takes all services.',
    '|= "…" finds a text wherever it stands in the line. A filter such as | level="error" compares one label.',
    '{service=~".+"} | request_id="…"',
  ],
  expected: `all lines whose request_id is ${ID}, and no others`,
  reference: `{level=~"[a-z]+"} | json id="request_id" | id="${ID}"`,
  shown: { lines: [...OTHERS, ...ANSWERED], minutes: 10 },
  hidden: [
    { when: 'when lines of other requests contain the id', lines: [...OTHERS, ...ANSWERED, ...MENTIONS], minutes: 10 },
    {
      when: 'when the request failed in a service that you have not seen yet',
      lines: [
        ...OTHERS,
        ...linesOf({ second: 299, service: 'mail', id: ID, route: '/send', status: 503 }),
        ...linesOf({ second: 300, id: ID, route: '/v1/bookings', status: 500 }),
      ],
      minutes: 10,
    },
    { when: 'when there is no such request', lines: [...OTHERS, ...MENTIONS], minutes: 10 },
  ],
  mistakes: [idInSelector, selectorTooNarrow, textForField],
  look: 'which streams the braces choose, and what the filter compares with the id',
})
