import { blockedEventLoopCauses } from '../causes/blocked-event-loop.ts'
import { bookSeat } from '../everyday-traffic.ts'
import { blockedEventLoop, MAX_COMPARISON_MS } from '../faults/blocked-event-loop.ts'
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
  report:
    'After each deployment all is well. Then everything gets slower and slower until someone restarts the app. ' +
    'Customers complain about every page; the dashboards, which show what the server measures, look far better.',
  fault: blockedEventLoop,

  // More customers than usual, so that it gets worse while you watch.
  traffic: () => [{ everyMs: 700, act: bookSeat }],

  causes: blockedEventLoopCauses,

  questions: ({ parameters: { command }, beganAt, url, logs, random }) => [
    choice(
      {
        ask: '/hello does nothing but say hello. Take the slowest call of GET /hello that clients shows, and find its line in the log by its x-request-id. What do you see?',
        right: 'The caller waited several times as long as the latency on the line',
        wrong: {
          'The caller waited about as long as the latency on the line':
            'Type clients, copy the x-request-id beside GET /hello, and compare "slowest" with "latency". Both are milliseconds.',
          'The caller waited for less time than the latency on the line':
            'A caller waits at least for as long as the server works. Compare "slowest" with "latency" again.',
          'There is no such line': `Every request that the server has read has a line:  ! grep <x-request-id> ${logs}/app.log`,
        },
        hints: [
          'clients lists what callers saw in the last 30 seconds. Type it here, at the prompt.',
          `! grep <x-request-id> ${logs}/app.log   with the id that clients shows in the row of GET /hello.`,
        ],
      },
      random,
    ),
    choice(
      {
        ask: 'Why do the two differ?',
        right:
          'The request arrived while the thread was busy. It waited in the kernel until the server read it; only then did the server’s clock start',
        wrong: {
          'The network between caller and server is slow':
            'Both run on this machine. And the two agreed before the incident, over the same network:  clients all',
          'The clocks of caller and server differ':
            'Neither compares two clocks. Each takes two readings of its own and subtracts.',
          'The server’s clock stopped long before the answer was sent':
            'It stops when the last byte is handed to the kernel, and the answer of /hello is a few hundred bytes.',
          'The request waited for a connection to the database': '/hello asks no database: its trace has one span.',
        },
        hints: [
          'traces slowest GET /hello   Are the traces as slow as the calls? When does a server span start?',
          'Lesson 3 says what a server’s histogram does not contain: phases/3-metrics/README.md',
        ],
      },
      random,
    ),
    word({
      ask: 'Which metric of the process hints at that wait? It has grown since the incident began.',
      form: 'the name of a metric',
      right: [
        'nodejs_eventloop_lag_p99_seconds',
        'nodejs_eventloop_lag_max_seconds',
        'nodejs_eventloop_lag_p90_seconds',
        'nodejs_eventloop_lag_mean_seconds',
        'nodejs_eventloop_lag_stddev_seconds',
      ],
      nudge:
        'It has to say how long work that is ready has to wait, and to be higher now than before. Compare the first scrapes with the last ones.',
      hints: [
        `curl -s ${url}/metrics | grep '^nodejs_' | grep -v bucket`,
        'JavaScript runs in one thread. While it computes, everything else waits. Several metrics measure that wait; one reading at the moment of the scrape says little, and the median hides it.',
        `grep -h '^nodejs_eventloop_lag_.*_seconds' ${logs}/metrics/*.txt | sort -s -k1,1`,
      ],
    }),
    word({
      ask: 'Which route makes all others wait?',
      form: 'a route as the log has it, such as /v1/courses/:course_id',
      right: [ROUTES[command]],
      nudge: 'That one is slow now and then. Look for a route whose every request is slow by now.',
      hints: [
        `The latest latencies of each step of a booking:  grep '"method":"POST"' ${logs}/app.log | grep -o '"route":"[^"]*"\\|"latency":[0-9]*' | paste - - | tail -n 30`,
        'Its traces have a gap: time in which none of the spans below the first one runs.',
        'A request that waits for the database leaves the thread to others. A request that computes does not.',
      ],
    }),
    time({
      ask: 'Since when? To within 20 seconds, because it began small.',
      right: beganAt,
      within: 20,
      hints: [
        `The latencies of that route from the start:  grep -F '"route":"${ROUTES[command]}"' ${logs}/app.log | grep POST | grep -o '"time":"[^"]*"\\|"latency":[0-9]*' | paste - -`,
        'They rise steadily. Where does the rise begin?',
      ],
    }),
    choice(
      {
        ask: 'So what is the cause?',
        right:
          'That route computes in the one thread that all requests share, for longer the more bookings there have been',
        wrong: {
          'The database gets slower as it fills up':
            'Add up the spans of the database in a slow trace of that route. Where is the rest?',
          'Memory runs out, and the garbage collector has ever more to do':
            'Compare nodejs_gc_duration_seconds_sum in two scrapes with the time between them.',
          'There are more and more requests': 'Count them per second, at the start and now.',
          'Connections are not given back, and run out':
            'Then traces would show spans named "wait for database connection", and /hello would not wait at all.',
        },
        hints: [
          'In the newest trace of that route: which part of its time is covered by spans, and which is not?',
          'Compare the gap in  traces oldest  and in  traces newest  of that route.',
        ],
      },
      random,
    ),
  ],

  debrief: ({ parameters: { command }, beganAt, url, logs }) => `
The event loop was blocked, for longer and longer. Since ${clock(beganAt)} ${ROUTES[command]} compares each booking with
all bookings before it, letter by letter, and forgets none. While it computes, no other request is read or answered: not
even /hello. (In this drill a comparison gives up after ${MAX_COMPARISON_MS} ms, so that the app stays usable. Nothing
would stop it in production.)

1. Callers see it first. Every route has calls that took hundreds of milliseconds, /hello too:
     clients
   The log has a line for each, and most of those lines look innocent. Compare "latency" with what the caller saw:
     ! grep <x-request-id> ${logs}/app.log
   The server's clock starts when it has read the request. Until then the request waits in a buffer of the kernel, and no
   log line, histogram or span of this server contains that wait. Only a caller can measure it.
2. The server's own hint is the lag of the event loop: how much too late its timers fire. It has grown:
     grep -h '^nodejs_eventloop_lag_max' ${logs}/metrics/*.txt
   Each scrape resets it, so each file has the longest stall since the scrape before. And the process computes more:
     grep -h '^process_cpu_seconds_total' ${logs}/metrics/*.txt
3. Of one route every request is slow in the log too, because it is the one that computes. Its latencies rise steadily:
     grep -F '"route":"${ROUTES[command]}"' ${logs}/app.log | grep POST | grep -o '"time":"[^"]*"\\|"latency":[0-9]*' | paste - -
4. A trace of that route shows time that no span covers:
     traces slowest POST ${ROUTES[command]}
     trace 1
   Requests that were already being served when the thread was taken have long spans too. Look for the gap, not for
   length. A CPU profile names the function that runs in the gap:  node --cpu-prof, or the inspector.

The remedy is not to compute it there: an index in the database, a bounded list, or a worker thread. Measure latency at
callers too, or at the proxy in front, and alert on the lag of the event loop. This app answers 503 once the mean lag of
a second exceeds MAX_EVENT_LOOP_DELAY_MS (1000 by default): callers are refused instead of kept waiting. Drills turn that
guard off (curl -s ${url}/metrics | grep 'status="503"' finds nothing), so what you saw is the wait itself.`,
})
