import { cacheStampedeCauses } from '../causes/cache-stampede.ts'
import { cacheStampede } from '../faults/cache-stampede.ts'
import { defineIncident } from '../incident.ts'
import { choice, clock, number, time, word } from '../question.ts'

/** Concurrent readers of the popular course. */
const READERS = 15

export default defineIncident({
  id: '2',
  name: 'cache-stampede',
  title: 'Fine, fine, fine, awful, fine',
  report: 'Customers say that the shop hangs for a moment now and then. When they reload the page, it is fast.',
  fault: cacheStampede,

  traffic: ({ courseId }) => [
    {
      everyMs: 600,
      act: (client) => Promise.all(Array.from({ length: READERS }, () => client.get(`/v1/courses/${courseId}`))),
    },
  ],

  causes: cacheStampedeCauses,

  questions: ({ parameters: { courseId, ttlSeconds }, beganAt, logs, random }) => [
    word({
      ask: 'Only the page of one course hangs. Which course_id?',
      form: 'a UUID',
      right: [courseId],
      nudge: 'Which path do most of the slow lines have?',
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
      ask: 'These moments come regularly. How many seconds from one to the next? To within 1.5.',
      form: 'a number of seconds',
      right: ttlSeconds,
      within: 1.5,
      nudge: 'List the seconds in which slow requests of that course ended, and subtract.',
      hints: [
        `The seconds with slow requests of that course:  grep ${courseId.slice(-4)}'"' ${logs}/app.log | grep '"latency":[0-9]\\{3\\}' | grep -o 'T[0-9:]\\{8\\}' | uniq -c`,
        'A moment may spread over two seconds. Take the time from the start of one moment to the start of the next. If one distance is twice as long as the others, a single request refilled the cache in between and no other had to wait.',
      ],
    }),
    number({
      ask: `About how many requests miss the cache in one of these moments? To within ${Math.ceil(READERS / 3)}.`,
      form: 'a number',
      right: READERS,
      within: Math.ceil(READERS / 3),
      nudge: 'Count the slow requests of one moment in the log, or the misses that the metrics count.',
      hints: [
        `The misses so far, at each scrape:  grep 'cache_requests_total{operation="GET",result="miss"}' ${logs}/metrics/*.txt`,
        'The counter stands still and then jumps. How far does one jump go?',
        `Or in the log, slow requests per second:  grep ${courseId.slice(-4)}'"' ${logs}/app.log | grep '"latency":[0-9]\\{3\\}' | grep -o 'T[0-9:]\\{8\\}' | uniq -c`,
      ],
    }),
    choice(
      {
        ask: 'So what is the cause?',
        right: 'When the entry in the cache expires, every request that wants it at that moment loads it again',
        wrong: {
          'The cache is too small, and other courses evict this one again and again':
            'Then misses would follow requests for other courses, not a clock.',
          'The garbage collector pauses the process for a moment, and all requests have to wait':
            'Is /hello slow in the same moments? And the buckets of nodejs_gc_duration_seconds show no such pauses.',
          'A job that runs every few seconds keeps the other service busy':
            'Look at the traces of such a moment. Which requests do the calls belong to?',
          'The course is edited all the time, so it is never in the cache for long': 'The log has no PATCH request.',
        },
        hints: [
          'traces slowest GET /v1/courses/:course_id   and compare when those of one moment began.',
          'What did the cache answer in each of them, and what came next?',
        ],
      },
      random,
    ),
  ],

  debrief: ({ parameters: { courseId, ttlSeconds }, beganAt, logs }) => `
It was a cache stampede. Since ${clock(beganAt)} the course ${courseId}
has been shown with its stars, which another service counts, and cached for ${ttlSeconds} seconds. When the entry expires,
every request that arrives before the first one has refilled the cache misses too, and they all ask that service for the
same thing at once.

1. The log shows that slow requests come in bursts, and which path they share:
     grep '"latency":[0-9]\\{3\\}' ${logs}/app.log | grep -o '"path":"/v1/courses/[^"]*"' | sort | uniq -c | sort -n | tail -n 5
     grep ${courseId.slice(-4)}'"' ${logs}/app.log | grep '"latency":[0-9]\\{3\\}' | grep -o 'T[0-9:]\\{8\\}' | uniq -c
   Bursts at regular times hint at a timer, or at an expiry.
2. The metrics name it: the count of misses stands still, and then jumps by about as many as there are readers:
     grep 'cache_requests_total{operation="GET"' ${logs}/metrics/*.txt
   A hit ratio of over 90 % sounds healthy. It does not say when the misses come.
3. The traces of one burst begin at almost the same time. Each has GET course with a miss, and then the same call:
     traces slowest GET /v1/courses/:course_id
     trace 1
   Within a burst the calls take longer and longer: they queue at the other service, which counts one course at a time.

The remedy is to let one request load the entry while all others wait for it, as #loadOnce in src/course/course-cache.ts
does. Others are to renew an entry before it expires, and to give each entry a slightly different lifetime.`,
})
