import { server, times } from '../queries/server.ts'
import type { Instance, Load } from '../queries/service-metrics.ts'
import { defineRuleExercise } from '../rules/rule-exercise.ts'
import {
  absoluteCount,
  allServices,
  averaged,
  blipInRange,
  dividedBySuccesses,
  longFor,
  longRange,
  missingFor,
} from '../rules/rule-mistakes.ts'
import { between, every, failing, unsteady } from '../rules/scenario.ts'

const COURSES: readonly Load[] = [
  { route: '/v1/courses', rate: 4 },
  { route: '/v1/courses/:course_id', rate: 2 },
  { route: '/v1/bookings', method: 'POST', rate: 1 },
]

const SHOP: readonly Load[] = [
  { route: '/basket', rate: 3 },
  { route: '/checkout', method: 'POST', rate: 1 },
]

/** Two servers with the same requests. */
function pair(loads: readonly Load[], rest: Omit<Instance, 'instance' | 'loads'> = {}): Instance[] {
  return [server(1, loads, rest), server(2, loads, rest)]
}

const COUNT = 'what the alert compares: the share of the requests that fail, of all instances and routes of a service'

export default defineRuleExercise({
  hints: [
    'The share of failures matters more than their number: one sum of rates divided by another, both by (job), compared with a threshold between 1 % and 20 %. status=~"5.." matches 500 to 599.',
    'A blip stays in the range: twenty seconds of failures are in rate(…[5m]) for five minutes, as a small share. `for` waits until the share has been too high for that long.',
    'One failed request of three is a third. Add `and sum by (job) (rate(…)) > 0.1`, so that the alert requires some traffic.',
  ],
  firesWithin: 10,
  endsWithin: 10,
  shown: {
    when: 'when a third of the requests of a service fail for twenty minutes',
    instances: [
      ...pair(failing(COURSES, unsteady(between(20, 40, 1 / 3)))),
      server(3, times(5, SHOP), { job: 'shop' }),
    ],
    minutes: 60,
    fault: { job: 'course-app', from: 20, to: 40 },
    look: COUNT,
  },
  hidden: [
    {
      when: 'when half of the requests fail for twenty seconds',
      instances: pair(failing(COURSES, between(20, 20 + 1 / 3, 0.5))),
      minutes: 40,
      mistakes: [missingFor, blipInRange],
      look: 'how long the failures stay in the range, and which share of the requests in it they are',
    },
    {
      when: 'when all requests of a small service fail, beside a large one',
      instances: [
        server(1, times(0.1, failing(SHOP, between(15, 40, 1), '503')), { job: 'shop' }),
        ...pair(times(10, COURSES)),
      ],
      minutes: 60,
      fault: { job: 'shop', from: 15, to: 40 },
      look: COUNT,
    },
    {
      when: 'when one request in two hundred fails, of four hundred in a second',
      instances: pair(times(30, failing(COURSES, 0.005))),
      minutes: 40,
      look: 'the threshold: what always fails a little is for a ticket, not for a page',
    },
    {
      when: 'when there is one request in a minute, and one of them fails',
      instances: [
        server(1, [
          { route: '/v1/courses', rate: every(60) },
          { route: '/v1/courses', status: '500', rate: (second) => (second === 610 || second === 2410 ? 1 : 0) },
        ]),
      ],
      minutes: 60,
      look: 'the traffic: one failed request of three is a third, and hurts one user; require some requests as well, with `and`',
    },
    {
      when: 'when a service has just started, and fails a few requests at first',
      instances: pair(failing(SHOP, between(10, 10.5, 0.2)), { job: 'shop', isTarget: (second) => second >= 600 }).map(
        (instance) => ({ ...instance, loads: duringTargets(instance.loads ?? [], 600) }),
      ),
      minutes: 30,
      mistakes: [missingFor],
      look: '`for`: right after a start any range holds few requests, so a few failures are a large share for a minute',
    },
    {
      when: 'when one of two servers fails all of its requests, with several routes and statuses',
      instances: [
        server(1, times(2, SHOP), { job: 'shop' }),
        server(2, [...failing(SHOP, between(15, 40, 1), '504'), ...failing(COURSES, between(15, 40, 1), '502')], {
          job: 'shop',
        }),
      ],
      minutes: 60,
      fault: { job: 'shop', from: 15, to: 40 },
      look: COUNT,
    },
    {
      when: 'when one of two servers dies, and the other one answers all',
      instances: [server(1, COURSES, { isUp: (second) => second < 900 }), server(2, COURSES)],
      minutes: 40,
      look: 'what hurts users: while another server answers, a dead one does not',
    },
    {
      when: 'when both servers restart, and their counters begin at 0',
      instances: [
        server(1, failing(COURSES, between(0, 4, 0.5)), {
          restarts: [1500],
          isUp: (second) => second < 1440 || second > 1500,
        }),
        server(2, failing(COURSES, between(0, 4, 0.5)), {
          restarts: [1800],
          isUp: (second) => second < 1740 || second > 1800,
        }),
      ],
      minutes: 50,
      evaluatedFrom: 20,
      look: 'how a counter is compared: rate and increase know that it begins at 0 with its process',
    },
    {
      when: 'when there are no requests for half an hour',
      instances: pair(
        failing(COURSES, between(2, 5, 0.01)).map((load) => ({
          ...load,
          rate: (second) =>
            second > 600 && second < 2400 ? 0 : typeof load.rate === 'function' ? load.rate(second) : load.rate,
        })),
      ),
      minutes: 50,
      look: 'the result without requests: 0 / 0 is NaN, which is neither greater nor less than a number',
    },
    {
      when: 'when scrapes fail for six minutes',
      instances: pair(COURSES, { isReachable: (second) => second < 900 || second > 1260 }),
      minutes: 40,
      look: 'the result without samples: missing scrapes say nothing about users',
    },
    {
      when: 'when a quarter of the requests fail, and every other scrape does',
      instances: pair(failing(COURSES, between(15, 40, 0.25)), {
        isReachable: (second) => Math.floor(second / 15) % 2 === 0,
      }),
      minutes: 60,
      fault: { job: 'course-app', from: 15, to: 40 },
      look: 'the range: it must hold two scrapes at all times, even when one is missed',
    },
  ],
  mistakes: [dividedBySuccesses, averaged, absoluteCount, allServices, longFor(5), longRange(10)],
})

/** A process that is not there yet serves no requests. */
function duringTargets(loads: readonly Load[], from: number): Load[] {
  return loads.map((load) => ({
    ...load,
    rate: (second) => (second < from ? 0 : typeof load.rate === 'function' ? load.rate(second) : load.rate),
  }))
}
