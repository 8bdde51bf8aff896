import { during, server } from '../queries/server.ts'
import type { Load } from '../queries/service-metrics.ts'
import { defineRuleExercise } from '../rules/rule-exercise.ts'
import {
  absentRate,
  countsScrapes,
  eachInstance,
  emptySum,
  longFor,
  longRange,
  missingFor,
  onlyUpIsZero,
} from '../rules/rule-mistakes.ts'
import { every } from '../rules/scenario.ts'

/** Scrapes and health checks, which come to every instance that runs. */
const PROBES: readonly Load[] = [
  { route: '/metrics', rate: 1 / 15 },
  { route: '/livez', rate: 1 / 5 },
]

const USERS: readonly Load[] = [
  { route: '/v1/courses', rate: 2 },
  { route: '/v1/bookings', method: 'POST', status: '201', rate: 0.5 },
]

const ALL = [...USERS, ...PROBES]

const SHOP = server(9, [{ route: '/basket', rate: 5 }, ...PROBES], { job: 'shop' })

const up = (from: number, to: number) => (second: number) => second >= from * 60 && second < to * 60
const not = (is: (second: number) => boolean) => (second: number) => !is(second)

export default defineRuleExercise({
  hints: [
    'max by (job) (up{job="course-app"}) == 0 means that no instance is up. Without a target there is no up: absent(up{job="course-app"}) has a result exactly then, with the labels that the selector compares with =.',
    'Without requests a rate is 0. Without a counter there is no rate, and comparing nothing gives nothing. sum(rate(…)) or vector(0) is 0 in both cases. Leave out /metrics and /livez.',
    'A restart takes a minute, so `for` must be longer.',
  ],
  firesWithin: 10,
  endsWithin: 10,
  shown: {
    when: 'when all instances are down for twenty minutes',
    instances: [
      server(1, ALL, { isUp: not(up(20, 40)), restarts: [2400] }),
      server(2, ALL, { isUp: not(up(20, 40)), restarts: [2400] }),
      SHOP,
    ],
    minutes: 60,
    fault: { job: 'course-app', from: 20, to: 40 },
    mistakes: [eachInstance],
    look: 'what up is while nothing answers, and which labels the alert gets',
  },
  hidden: [
    {
      when: 'when there is no target any more',
      instances: [server(1, ALL, { isTarget: not(up(20, 45)) }), server(2, ALL, { isTarget: not(up(20, 45)) }), SHOP],
      minutes: 65,
      fault: { job: 'course-app', from: 20, to: 45 },
      mistakes: [onlyUpIsZero],
      look: 'what is left without a target: no series up, so a comparison has no result, and absent has one',
    },
    {
      when: 'when requests of users stop, and scrapes and health checks do not',
      instances: [
        server(1, [...during(0, 1200, USERS), ...PROBES]),
        server(2, [...during(0, 1200, USERS), ...PROBES]),
        SHOP,
      ],
      minutes: 45,
      fault: { job: 'course-app', from: 20, to: 99 },
      mistakes: [absentRate, countsScrapes],
      look: 'the rate without requests of users: it is 0; and which requests are those of users',
    },
    {
      when: 'when it has restarted, and no request of a user has reached it since',
      instances: [server(1, [...during(0, 1200, USERS), ...PROBES], { isUp: not(up(20, 21)), restarts: [1260] }), SHOP],
      minutes: 45,
      fault: { job: 'course-app', from: 20, to: 99 },
      mistakes: [absentRate, emptySum, countsScrapes],
      look: 'what is there before the first request: no counter for its route, so no rate either',
    },
    {
      when: 'while instances restart one after the other',
      instances: [
        server(1, ALL, { isUp: not(up(20, 21)), restarts: [1260] }),
        server(2, ALL, { isUp: not(up(22, 23)), restarts: [1380] }),
        SHOP,
      ],
      minutes: 40,
      mistakes: [missingFor],
      look: 'the instances: as long as one of them answers, users are served',
    },
    {
      when: 'while the only instance restarts',
      instances: [server(1, ALL, { isUp: not(up(20, 21)), restarts: [1260] }), SHOP],
      minutes: 40,
      mistakes: [missingFor],
      look: '`for`: a restart takes a minute, and the first rate after it takes two scrapes more',
    },
    {
      when: 'when Prometheus has just started, and has no samples yet',
      instances: [server(1, ALL), server(2, ALL), SHOP],
      minutes: 15,
      evaluatedFrom: 0,
      mistakes: [missingFor],
      look: '`for`: a rate takes two scrapes, and before that there is none',
    },
    {
      when: 'when new instances replace the old ones',
      instances: [
        server(1, ALL, { isTarget: (second) => second < 1200 }),
        server(2, ALL, { isTarget: (second) => second < 1260 }),
        server(3, during(1140, 9999, ALL), { isTarget: (second) => second >= 1140 }),
        server(4, during(1200, 9999, ALL), { isTarget: (second) => second >= 1200 }),
        SHOP,
      ],
      minutes: 40,
      look: 'the instances: their addresses change with each release, so ask about the job',
    },
    {
      when: 'when one of two instances is down',
      instances: [server(1, ALL, { isUp: (second) => second < 1200 }), server(2, ALL), SHOP],
      minutes: 40,
      look: 'the instances: as long as one of them answers, users are served',
    },
    {
      when: 'when every other scrape fails',
      instances: [
        server(1, ALL, { isReachable: (second) => second < 1200 || Math.floor(second / 15) % 2 === 0 }),
        SHOP,
      ],
      minutes: 40,
      mistakes: [missingFor],
      look: 'the range and `for`: a scrape that is missed is not a service that is gone',
    },
    {
      when: 'when there is a request every three minutes',
      instances: [server(1, [{ route: '/v1/courses', rate: every(180) }, ...PROBES]), SHOP],
      minutes: 60,
      look: 'the range: it has to be longer than the time between two requests at night, or `for` has to be',
    },
    {
      when: 'when another service is gone, and a third one has no requests',
      instances: [
        server(1, ALL),
        server(9, [{ route: '/basket', rate: 5 }], { job: 'shop', isTarget: (second) => second < 1200 }),
        server(10, PROBES, { job: 'partner' }),
        server(11, PROBES, { job: 'gateway', isUp: (second) => second < 1200 }),
      ],
      minutes: 40,
      look: 'the services: this alert is about course-app',
    },
  ],
  mistakes: [longFor(8), longRange(8)],
})
