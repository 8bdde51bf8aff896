import { cacheStampede } from '../faults/cache-stampede.ts'
import { defineIncident } from '../incident.ts'
import { choice, clock, number, time, word } from '../question.ts'

/** How many people look at the course of the day at the same moment. */
const READERS = 15

export default defineIncident({
  id: '2',
  name: 'cache-stampede',
  title: 'Fine, fine, fine, awful, fine',
  report: 'Customers say that the shop hangs now and then for a moment. Whoever reloads the page finds it well.',
  fault: cacheStampede,

  traffic: ({ courseId }) => [
    {
      everyMs: 600,
      act: (client) => Promise.all(Array.from({ length: READERS }, () => client.get(`/v1/courses/${courseId}`))),
    },
  ],

  questions: ({ parameters: { courseId, ttlSeconds }, beganAt, logs, dice }) => [
    word({
      ask: 'It is the page of one course. Which course_id?',
      form: 'a UUID',
      right: [courseId],
      nudge: 'Count which path is on most of the slow lines.',
      hints: [
        'The path of a slow request is on its line in the log.',
        `Slow requests by path:  grep '"latency":[0-9]\\{3\\}' ${logs}/app.log | grep -o '"path":"/v1/courses/[^"]*"' | sort | uniq -c | sort -n | tail -n 5`,
      ],
    }),
    time({
      ask: 'When was the first of these moments? To within 10 seconds.',
      right: beganAt,
      within: 10,
      hints: [
        `The first slow lines of that course:  grep ${courseId.slice(-4)}'"' ${logs}/app.log | grep '"latency":[0-9]\\{3\\}' | head -n 3`,
      ],
    }),
    number({
      ask: 'They come regularly. How many seconds from one to the next? To within 1.5.',
      form: 'a number of seconds',
      right: ttlSeconds,
      within: 1.5,
      nudge: 'Look at the seconds in which slow requests of that course ended, and subtract.',
      hints: [
        `The seconds with slow requests of that course:  grep ${courseId.slice(-4)}'"' ${logs}/app.log | grep '"latency":[0-9]\\{3\\}' | grep -o 'T[0-9:]\\{8\\}' | uniq -c`,
        'Each moment may spread over two seconds. From the first second of one to the first second of the next it is the same, again and again, plus the moment itself. Where it is twice as long, somebody came first and alone, and nobody had to wait.',
      ],
    }),
    number({
      ask: `About how many requests miss the cache in one of these moments? To within ${Math.ceil(READERS / 3)}.`,
      form: 'a number',
      right: READERS,
      within: Math.ceil(READERS / 3),
      nudge:
        'Count the requests of one moment that had to ask the database, in the log or in the misses that the metrics count.',
      hints: [
        `The misses so far, at each scrape:  grep 'cache_requests_total{operation="GET",result="miss"}' ${logs}/metrics/*.txt`,
        'The counter stands still and then jumps. How far does it jump?',
        `Or in the log, slow requests per second:  grep ${courseId.slice(-4)}'"' ${logs}/app.log | grep '"latency":[0-9]\\{3\\}' | grep -o 'T[0-9:]\\{8\\}' | uniq -c`,
      ],
    }),
    choice(
      {
        ask: 'So what is the cause?',
        right: 'When the entry in the cache runs out, all who want it at that moment make it again',
        wrong: {
          'The cache is too small, and other courses push this one out of it again and again':
            'Then misses would come when many different courses are asked for, not at regular times.',
          'The garbage collector stops the process for a moment, and all requests have to wait':
            'Is /hello slow in the same moments? And nodejs_gc_duration_seconds is far below such pauses.',
          'A job that runs every few seconds keeps the other service busy, so that nobody else is answered':
            'Look at the traces of such a moment: where do the calls come from? They belong to requests.',
          'The course is changed all the time, so it is never in the cache for long':
            'Between these moments nearly all requests hit. And no PATCH is in the log.',
        },
        hints: [
          'traces slowest GET /v1/courses/:course_id   and compare the begin of the slowest ones.',
          'In each of them: what did the cache say, and what came next?',
        ],
      },
      dice,
    ),
  ],

  debrief: ({ parameters: { courseId, ttlSeconds }, beganAt, logs }) => `
It was a cache stampede. Since ${clock(beganAt)} the course ${courseId}
is shown with its stars, which another service counts, and is kept for ${ttlSeconds} seconds. When they are over, everybody
who asks before the first one is done finds nothing, and all of them ask that service for the same thing at once.

1. Averages look fine. The log shows that slow requests come in bursts, and of which path:
     grep '"latency":[0-9]\\{3\\}' ${logs}/app.log | grep -o '"path":"/v1/courses/[^"]*"' | sort | uniq -c | sort -n | tail -n 5
     grep ${courseId.slice(-4)}'"' ${logs}/app.log | grep '"latency":[0-9]\\{3\\}' | grep -o 'T[0-9:]\\{8\\}' | uniq -c
   Something that comes at regular times has a timer somewhere.
2. The metrics name it: the misses of the cache stand still and then jump by as many as there are readers.
     grep 'cache_requests_total{operation="GET"' ${logs}/metrics/*.txt
   A hit ratio of over 90 % sounds healthy. It says nothing of when the misses come.
3. The traces of one burst begin at the same time, each has GET course with miss, and then the same call:
     traces slowest GET /v1/courses/:course_id
     trace 1
   That the call takes longer from trace to trace is the queue on the other side.

The remedy is to let one load and all others wait for it, as #loadOnce in src/course/course-cache.ts does. Others are
to renew an entry before its time is over, and to give each entry a little more or less time than the next.`,
})
