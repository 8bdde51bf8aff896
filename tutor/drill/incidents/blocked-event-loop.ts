import { bookSeat } from '../everyday-traffic.ts'
import { blockedEventLoop } from '../faults/blocked-event-loop.ts'
import { defineIncident } from '../incident.ts'
import { choice, clock, time, word } from '../question.ts'

const ROUTES = {
  createBooking: '/v1/bookings',
  reserveBooking: '/v1/bookings/:booking_id:reserve',
  completeBooking: '/v1/bookings/:booking_id:complete',
} as const

export default defineIncident({
  id: '4',
  name: 'blocked-event-loop',
  title: 'A little worse every minute',
  report: 'After each deployment all is well, then everything gets slower and slower until somebody restarts it.',
  fault: blockedEventLoop,

  // More customers than on other days, so that it gets worse while one watches.
  traffic: () => [{ everyMs: 700, act: bookSeat }],

  questions: ({ parameters: { command }, beganAt, url, logs, dice }) => [
    choice(
      {
        ask: '/hello does nothing but say hello. Some of its requests are slow all the same. What do their traces show?',
        right: 'One span and nothing below it: the time passes before or while the handler runs',
        wrong: {
          'A statement that takes long': 'There is no statement in the trace of GET /hello.',
          'A call to another service that takes long': 'There is no call in the trace of GET /hello.',
          'Nothing: /hello is not traced': 'Try:  traces slowest GET /hello',
        },
        hints: ['traces slowest GET /hello   and then   trace 1'],
      },
      dice,
    ),
    word({
      ask: 'Which metric of the process says what is wrong with it? It has grown from scrape to scrape.',
      form: 'the name of a metric',
      right: [
        'nodejs_eventloop_lag_p99_seconds',
        'nodejs_eventloop_lag_max_seconds',
        'nodejs_eventloop_lag_p90_seconds',
        'nodejs_eventloop_lag_seconds',
        'nodejs_eventloop_lag_mean_seconds',
        'nodejs_eventloop_lag_stddev_seconds',
        'nodejs_eventloop_lag',
      ],
      nudge: 'That one does not explain why a handler that does nothing has to wait. What do all handlers share?',
      hints: [
        `curl -s ${url}/metrics | grep '^nodejs_' | grep -v bucket`,
        'JavaScript runs in one thread. While it computes, everybody waits. There is a metric of that waiting.',
        `grep -h '^nodejs_eventloop' ${logs}/metrics/*.txt | grep max`,
      ],
    }),
    word({
      ask: 'Which route makes everybody wait?',
      form: 'a route as the log has it, such as /v1/courses/:course_id',
      right: [ROUTES[command]],
      nudge: 'That one waits for others now and then. Look for a route of which every request is slow by now.',
      hints: [
        `The latest latencies of each step of a booking:  grep '"method":"POST"' ${logs}/app.log | grep -o '"route":"[^"]*"\\|"latency":[0-9]*' | paste - - | tail -n 30`,
        'In its traces there is a gap: time in which none of the spans below the first one runs.',
        'Who waits for an answer from the database leaves the thread to others. Who computes does not.',
      ],
    }),
    time({
      ask: 'Since when? To within 20 seconds, because it began small.',
      right: beganAt,
      within: 20,
      hints: [
        `The latencies of that route from the beginning on:  grep -F '"route":"${ROUTES[command]}"' ${logs}/app.log | grep POST | grep -o '"time":"[^"]*"\\|"latency":[0-9]*' | paste - -`,
        'They rise in a line. Where does the line begin?',
      ],
    }),
    choice(
      {
        ask: 'So what is the cause?',
        right: 'Each request of that route computes for longer than the one before, in the one thread that all share',
        wrong: {
          'The database gets slower as it fills up':
            'Add up the spans of the database in a slow trace. Where is the rest?',
          'Memory runs out, and the garbage collector has ever more to do':
            'nodejs_gc_duration_seconds_sum has barely grown, and memory is far from any limit.',
          'There are more and more requests': 'Count them per second, at the beginning and now.',
          'Connections are not given back, and run out':
            'Then requests would wait in a span of the database, and /hello not at all.',
        },
        hints: [
          'In the newest trace of that route: which part of its time is covered by spans, and which is not?',
          'Does the gap grow from request to request?  traces oldest  and  traces newest  of that route.',
        ],
      },
      dice,
    ),
  ],

  debrief: ({ parameters: { command }, beganAt, url, logs }) => `
The event loop was blocked, for longer each time. Since ${clock(beganAt)} ${ROUTES[command]} compares each booking
with all bookings before it, letter by letter, and keeps them all. Each one costs a little more than the last, and
while it computes nobody else is served: not even /hello.

1. The log shows slow requests of every route, which points at something that all share:
     grep '"latency":[0-9]\\{2,\\}\\.' ${logs}/app.log | grep -o '"route":"[^"]*"' | sort | uniq -c | sort -n
   Of one route every request is slow, and they rise in a line:
     grep -F '"route":"${ROUTES[command]}"' ${logs}/app.log | grep POST | grep -o '"time":"[^"]*"\\|"latency":[0-9]*' | paste - -
2. The metrics name what they share. The lag of the event loop is how much too late a timer fires:
     grep -h '^nodejs_eventloop_lag_max' ${logs}/metrics/*.txt
     curl -s ${url}/metrics | grep '^process_cpu_seconds_total'
3. A trace shows time that no span covers. In a service that only ever waits for others there is none:
     traces slowest POST ${ROUTES[command]}
     trace 1
   Spans of victims are long as well, wherever they were when the thread was taken. So look for the gap, not for length.
   What runs in the gap a CPU profile would say:  node --cpu-prof, or the inspector on a process that runs.

The remedy is not to do it there: an index in the database, a bounded list, or a worker thread. The limit
MAX_EVENT_LOOP_DELAY_MS only keeps a server that is lost already from taking more requests.`,
})
