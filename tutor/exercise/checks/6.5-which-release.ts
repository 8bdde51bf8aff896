import { definePromqlExercise } from '../queries/promql-exercise.ts'
import { averageForSum, fixedValues, otherRange, type PromqlMistake } from '../queries/promql-mistakes.ts'
import { nodesOf } from '../queries/promql-nodes.ts'
import { server, times } from '../queries/server.ts'
import type { Instance, Load } from '../queries/service-metrics.ts'

const LOADS: readonly Load[] = [
  { route: '/v1/courses', rate: 4 },
  { route: '/v1/courses', status: '404', rate: 0.2 },
  { route: '/v1/bookings', method: 'POST', status: '201', rate: 1 },
]

/** The second page of a server, which Prometheus scrapes as another job. */
function otelPage(number: number, version: string): Instance {
  return server(number, [], { job: 'course-app-otel', version })
}

/** An operator between a metric and `target_info` that says nothing about which labels have to match. */
const noMatching: PromqlMistake = {
  isIn: ({ query, difference }) =>
    difference?.kind === 'nothing' &&
    [...nodesOf(query)].some(
      (node) => node.kind === 'binary' && !node.matching.on && node.matching.labels.length === 0,
    ),
  look: 'the labels of both sides: an operator brings together series that have all labels in common, unless on (…) names those that count',
}

const labelNotBrought: PromqlMistake = {
  isIn: ({ difference }) => difference?.seen.includes('without the label service_version') === true,
  look: 'the label service_version has to come from target_info: group_left, or group_right, names in parentheses what is to be taken over',
}

const manyToOne: PromqlMistake = {
  isIn: ({ error = '' }) =>
    error.includes('grouping labels must ensure unique matches') ||
    error.includes('many-to-one matching must be explicit'),
  look: 'the two sides: many series of one side belong to one series of the other, which an operator does only where group_left or group_right says so',
}

const manyToMany: PromqlMistake = {
  isIn: ({ error = '' }) => error.includes('many-to-many'),
  look: 'the labels in on(…): with them there are several series on both sides that match, so name all labels that tell one target from another',
}

export default definePromqlExercise({
  hints: [
    'Multiplying by target_info changes no value, because its value is always 1. It can add a label.',
    'on (job, instance) says which series belong together. group_left says that many series on the left belong to one on the right.',
    'group_left (service_version) takes that label over from the right. Then sum by (service_version) (…).',
  ],
  expected: 'one series for each release, with the label service_version only: requests per second of its servers',
  reference: `
    sum by (service_version) (
      target_info * on (job, instance) group_right (service_version)
        sum by (job, instance) (increase(http_server_request_count_total[5m])) / 300
    )`,
  shown: {
    instances: [
      server(1, LOADS, { version: '1.4.0' }),
      server(2, LOADS, { version: '1.4.0' }),
      server(3, times(0.5, LOADS), { version: '1.5.0' }),
    ],
    minutes: 15,
  },
  hidden: [
    {
      when: 'when there are other releases',
      instances: [server(1, LOADS, { version: '2.0.0-rc.1' }), server(2, times(3, LOADS), { version: '1.9.7' })],
      minutes: 15,
    },
    {
      when: 'when a server was restarted with the next release two minutes ago',
      instances: [
        server(1, LOADS, { version: '1.4.0' }),
        server(2, times(2, LOADS), { restarts: [770], version: (second) => (second < 770 ? '1.4.0' : '1.5.0') }),
      ],
      minutes: 15,
    },
    {
      when: 'when each server has a second page of metrics, which has a job of its own',
      instances: [
        server(1, LOADS, { version: '1.4.0' }),
        server(2, LOADS, { version: '1.5.0' }),
        otelPage(1, '1.4.0'),
        otelPage(2, '1.5.0'),
      ],
      minutes: 15,
    },
  ],
  mistakes: [
    manyToMany,
    manyToOne,
    noMatching,
    labelNotBrought,
    averageForSum,
    fixedValues('service_version'),
    fixedValues('instance'),
    otherRange(5),
  ],
  look: 'which series of target_info belongs to which series of the counter, and what is added up',
})
