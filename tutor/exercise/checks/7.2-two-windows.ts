import { server, times } from '../queries/server.ts'
import type { Load } from '../queries/service-metrics.ts'
import { defineRuleExercise } from '../rules/rule-exercise.ts'
import {
  absoluteCount,
  allServices,
  averaged,
  dividedBySuccesses,
  highThreshold,
  longFor,
  longWindowOnly,
  shortWindowOnly,
} from '../rules/rule-mistakes.ts'
import { between, every, failing, type Scenario, unsteady } from '../rules/scenario.ts'

const COURSES: readonly Load[] = [
  { route: '/v1/courses', rate: 2 },
  { route: '/v1/bookings', method: 'POST', rate: 1 },
]

const SHOP: readonly Load[] = [{ route: '/checkout', method: 'POST', rate: 1 }]

/** Minutes of samples before rules are evaluated, so that long windows are full. */
const HISTORY = 360

/** When the faults begin. */
const FAULT = HISTORY + 40

function pair(loads: readonly Load[]): Scenario['instances'] {
  return [server(1, loads), server(2, loads)]
}

export default defineRuleExercise({
  hints: [
    'The threshold is a burn rate times the budget: 14.4 * 0.005. One request in ten is a burn rate of 20, which is above it.',
    'A window of an hour shows that the fault matters, and holds it for an hour after its end. A second, short window shows that it still goes on: long > limit and short > limit.',
    'A share of few requests says little: errors / (requests > 0.01) has no result below one request in 100 seconds.',
  ],
  firesWithin: 60,
  endsWithin: 30,
  shown: {
    when: 'when all requests fail for twenty minutes',
    instances: [...pair(failing(COURSES, between(FAULT, FAULT + 20, 1))), server(3, times(4, SHOP), { job: 'shop' })],
    minutes: FAULT + 65,
    evaluatedFrom: HISTORY,
    fault: { job: 'course-app', from: FAULT, to: FAULT + 20, firesWithin: 10 },
    look: 'the windows and the threshold: after how many minutes of failures the share over an hour reaches it',
  },
  hidden: [
    {
      when: 'when one request in ten fails for seventy minutes',
      instances: [
        server(1, times(0.2, COURSES)),
        server(2, failing(SHOP, unsteady(between(FAULT, FAULT + 70, 0.1)), '503'), { job: 'shop' }),
      ],
      minutes: FAULT + 105,
      evaluatedFrom: HISTORY,
      fault: { job: 'shop', from: FAULT, to: FAULT + 70 },
      look: 'the threshold: a tenth is a burn rate of 20, which takes three quarters of an hour to reach 14.4 over an hour',
    },
    {
      when: 'when one request in fifty fails all day',
      instances: pair(failing(COURSES, 0.02)),
      minutes: FAULT + 40,
      evaluatedFrom: HISTORY,
      look: 'the threshold: a burn rate of 4 spends the budget in a week, which is soon enough for a ticket',
    },
    {
      when: 'when half of the requests fail for two minutes',
      instances: pair(failing(COURSES, between(FAULT, FAULT + 2, 0.5))),
      minutes: FAULT + 40,
      evaluatedFrom: HISTORY,
      mistakes: [shortWindowOnly],
      look: 'the long window: it shows whether the fault matters, so the condition needs it as well, with the same threshold',
    },
    {
      when: 'when there are six requests in an hour, and some of them fail',
      instances: [
        server(1, [
          { route: '/v1/courses', rate: every(600) },
          { route: '/v1/courses', status: '500', rate: every(5400) },
        ]),
      ],
      minutes: FAULT + 120,
      evaluatedFrom: HISTORY,
      look: 'the traffic: with six requests in an hour, one failure is a sixth of them; compare only where there is more than one in 100 seconds',
    },
    {
      when: 'when both servers restart, after failures two hours ago',
      instances: [
        server(1, failing(COURSES, earlier), { restarts: [FAULT * 60], isUp: outside(FAULT) }),
        server(2, failing(COURSES, earlier), { restarts: [(FAULT + 5) * 60], isUp: outside(FAULT + 5) }),
      ],
      minutes: FAULT + 40,
      evaluatedFrom: HISTORY,
      look: 'how counters are compared: rate and increase know that they begin at 0 with their process',
    },
    {
      when: 'when one of two servers dies, and scrapes of the other one fail for a while',
      instances: [
        server(1, failing(COURSES, 0.001), { isUp: (second) => second < FAULT * 60 }),
        server(2, failing(COURSES, 0.001), {
          isReachable: (second) => second < FAULT * 60 || second > (FAULT + 8) * 60,
        }),
      ],
      minutes: FAULT + 40,
      evaluatedFrom: HISTORY,
      look: 'the result without samples: missing scrapes say nothing about users',
    },
    {
      when: 'when requests stop, and the last ones have failed',
      instances: pair(
        failing(COURSES, between(FAULT - 1, FAULT, 0.5)).map((load) => ({
          ...load,
          rate: (second) => (second < FAULT * 60 ? (load.rate as (second: number) => number)(second) : 0),
        })),
      ),
      minutes: FAULT + 70,
      evaluatedFrom: HISTORY,
      mistakes: [shortWindowOnly],
      look: 'the traffic: without requests there is no share',
    },
  ],
  mistakes: [dividedBySuccesses, averaged, absoluteCount, allServices, highThreshold, longFor(9), longWindowOnly],
})

/** A few requests fail all the time, and all of them did once. */
function earlier(second: number): number {
  return Math.max(0.005, between(FAULT - 200, FAULT - 130, 1)(second))
}

/** Down for the minute before. */
function outside(minute: number): (second: number) => boolean {
  return (second) => second < (minute - 1) * 60 || second >= minute * 60
}
