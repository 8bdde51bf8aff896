import { definePromqlExercise } from '../queries/promql-exercise.ts'
import { fixedValues, type PromqlMistake } from '../queries/promql-mistakes.ts'
import { callsOf, has, nodesOf, selectorsOf } from '../queries/promql-nodes.ts'
import { server } from '../queries/server.ts'
import type { Instance } from '../queries/service-metrics.ts'

const isBefore = (end: number) => (second: number) => second < end

/** Another service, which is always well. */
const PARTNER: Instance = { instance: '10.0.1.1:8080', job: 'partner' }

/** `absent(up{job="course-app"})` */
const absentOnly: PromqlMistake = {
  isIn: ({ query }) =>
    has(callsOf(query, ['absent', 'absent_over_time'])) &&
    ![...nodesOf(query)].some((node) => node.kind === 'binary' && node.operator === 'or'),
  look: 'what absent asks: whether there is a series at all, and a series whose value is 0 is there',
}

/** A comparison of values that are not there. */
const onlyWhatIsThere: PromqlMistake = {
  isIn: ({ query }) => !has(callsOf(query, ['absent', 'absent_over_time', 'vector'])),
  look: 'what is left when the targets have disappeared: a series that has ended has no value to compare, so the result is empty',
}

const alwaysThere: PromqlMistake = {
  isIn: ({ query }) => [...nodesOf(query)].some((node) => node.kind === 'binary' && node.returnBool),
  look: 'bool: with it, a comparison gives 0 or 1; without it, no result where the comparison does not hold',
}

const jobLeftOut: PromqlMistake = {
  isIn: ({ query }) =>
    selectorsOf(query).some(({ matchers }) => !matchers.some(({ name }) => name === 'job' || name === 'instance')),
  look: 'the job: other services have an up of their own',
}

export default definePromqlExercise({
  hints: [
    'up{job="course-app"} == 1 gives the servers that can be scraped, and no series when there is none.',
    'absent(…) turns it round: it gives one series when there is none in the parentheses, and none when there is one.',
    'absent(up{job="course-app"}) alone notices that all targets have disappeared, but not that all of them fail. Put the comparison into the parentheses.',
  ],
  expected: 'a result if no server of course-app can be scraped, and no result if one can',
  reference: '(max(up{job="course-app"}) or vector(0)) < 1',
  anyResult: true,
  shown: {
    instances: [
      server(1, [], { isUp: isBefore(600), isTarget: isBefore(900) }),
      server(2, [], { isUp: isBefore(300), isTarget: isBefore(900) }),
      PARTNER,
    ],
    minutes: 20,
    at: [240, 480, 780, 1200],
  },
  hidden: [
    { when: 'when all servers are well', instances: [server(1, []), server(7, []), PARTNER], minutes: 10 },
    {
      when: 'when one of three servers is left',
      instances: [
        server(1, [], { isUp: isBefore(60) }),
        server(2, [], { isTarget: isBefore(60) }),
        server(3, []),
        PARTNER,
      ],
      minutes: 10,
    },
    {
      when: 'when all scrapes fail',
      instances: [server(4, [], { isUp: isBefore(300) }), server(5, [], { isUp: isBefore(300) }), PARTNER],
      minutes: 10,
    },
    {
      when: 'when all targets have disappeared',
      instances: [server(4, [], { isTarget: isBefore(300) }), PARTNER],
      minutes: 10,
    },
    {
      when: 'when scrapes of one server fail, and the other target has disappeared',
      instances: [server(1, [], { isUp: isBefore(300) }), server(2, [], { isTarget: isBefore(300) }), PARTNER],
      minutes: 10,
    },
    {
      when: 'when the servers are back',
      instances: [server(1, [], { isUp: (second) => second < 100 || second > 400 }), PARTNER],
      minutes: 10,
      at: [300, 600],
    },
    { when: 'when there has never been a server', instances: [PARTNER], minutes: 10 },
    {
      when: 'when other services are down, but not this one',
      instances: [server(1, []), { ...PARTNER, isUp: isBefore(60) }],
      minutes: 10,
    },
  ],
  mistakes: [jobLeftOut, fixedValues('instance'), absentOnly, alwaysThere, onlyWhatIsThere],
  look: 'what the query gives when up is 0, when up is 1, and when there is no up',
})
