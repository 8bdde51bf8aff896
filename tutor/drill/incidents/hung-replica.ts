import { hungReplicaCauses, hungReplicaMisleading } from '../causes/hung-replica.ts'
import { bookSeat } from '../everyday-traffic.ts'
import { hungReplica, REPLICAS } from '../faults/hung-replica.ts'
import { defineIncident } from '../incident.ts'
import { choice, clock, number, time, word } from '../question.ts'

/** Latencies of new bookings in the log, in milliseconds. */
const BOOKINGS = `grep '"method":"POST"' LOGS/app.log | grep '"route":"/v1/bookings","status"' | grep -o '"time":"[^"]*"\\|"latency":[0-9]*' | paste - -`

export default defineIncident({
  id: '9',
  name: 'hung-replica',
  title: 'It must be the new key',
  report:
    'Booking takes ages for some customers. The security team rotated the signing key a moment ago, and since that second the log is full of warnings about it. They are asked to roll it back: is that right?',
  fault: hungReplica,

  traffic: () => [{ everyMs: 700, act: bookSeat }],

  causes: hungReplicaCauses,
  misleading: hungReplicaMisleading,

  questions: ({ parameters: { timeoutMs }, beganAt, logs, random }) => [
    word({
      ask: 'Some requests of one route are slow. Which route?',
      form: 'a route as the log has it',
      right: ['/v1/bookings'],
      nudge: 'Compare the slowest lines of that route with those of others.',
      hints: [
        'traces slowest   lists the slowest traces, by the name of their first span.',
        `The slowest lines:  grep -o '"method":"[^"]*"\\|"route":"[^"]*"\\|"latency":[0-9]*' ${logs}/app.log | paste - - - | sort -t: -k4 -n | tail`,
      ],
    }),
    time({
      ask: 'Since when? To within 15 seconds.',
      right: beganAt,
      within: 15,
      hints: [`Latencies of new bookings, in milliseconds:  ${BOOKINGS.replace('LOGS', logs)}`],
    }),
    choice(
      {
        ask: 'Which requests have a warning about the old key?',
        right: 'About half of those of every /v1 route, fast ones and slow ones alike',
        wrong: {
          'The slow ones': `Take the trace_id of some warnings, and look how long their requests took:  ! grep '"level":"warn"' ${logs}/app.log | tail -n 5`,
          'Those of the slow route':
            'Count them by route:  ask sum by (route) (count_over_time({level="warn"} | json [1m]))',
          'All of them':
            'Count them, and count the requests:  ask sum by (level) (count_over_time({service="course-app"}[1m]))',
        },
        hints: ['ask sum by (route) (count_over_time({level="warn"} | json [1m]))'],
      },
      random,
    ),
    number({
      ask: 'In the trace of a slow booking, how long does the call take that the app waits for? To within 20 %.',
      form: 'a number of milliseconds',
      right: timeoutMs,
      within: 0.2 * timeoutMs,
      nudge: 'Look at the spans named POST below the first one.',
      hints: ['traces slowest POST /v1/bookings   and then   trace 1'],
    }),
    word({
      ask: 'A slow booking makes two such calls, and only one of them takes long. In which attribute do they differ, besides how they end?',
      form: 'the name of an attribute',
      right: ['server.port', 'url.full'],
      nudge: 'Compare the attributes of the two spans named POST.',
      hints: ['span <#>   with the number of each of the two lines.', 'Who is it that is called?'],
    }),
    number({
      ask: 'About how many in a hundred bookings are slow? To within 15.',
      form: 'a number',
      right: Math.round(100 / REPLICAS),
      within: 15,
      nudge: 'Count the bookings since it began, and the slow ones among them.',
      hints: [`Latencies of new bookings, in milliseconds:  ${BOOKINGS.replace('LOGS', logs)}`],
    }),
    choice(
      {
        ask: 'So what is the cause?',
        right:
          'One replica of the service that checks for fraud does not answer, and whoever asks it first waits for the timeout',
        wrong: {
          'Sessions signed with the old key are checked in a slower way':
            'Requests with a warning are as fast as those without, on every route.',
          'The fraud check has become slow':
            'Two of three bookings call it as well, and it answers them in a few milliseconds.',
          'The database is overloaded': 'The statements of a slow booking are as fast as ever.',
          'The app retries too often': 'A slow booking makes two calls. It would be slow with one as well.',
        },
        hints: ['What do all calls that take long have in common, and those that do not?'],
      },
      random,
    ),
  ],

  debrief: ({ parameters: { timeoutMs }, beganAt, logs }) => `
One replica hung. Since ${clock(beganAt)} one of the three replicas of the fraud check accepts requests and does not
answer. The app takes the replicas in turn, waits ${timeoutMs} ms, and asks the next one. So one booking in three is slow, and
none fails. The signing key was rotated in the same second. That is all that the two have to do with each other.

1. What happens at the same time is a suspicion, not a cause. The warnings are on all routes:
     ask sum by (route) (count_over_time({level="warn"} | json [1m]))
   Of these routes only one got slow, and of its requests only some:
     ask quantile_over_time(0.95, {service="course-app"} | json | message="request completed" | unwrap latency [1m]) by (route)
   If the warnings were the cause, their requests would be slow. Take some, and look:
     ! grep '"level":"warn"' ${logs}/app.log | tail -n 3
     trace <trace_id>
2. The latencies of new bookings are of two kinds, and nothing is between. Something is waited for until a limit:
     ! ${BOOKINGS.replace('LOGS', logs)}
3. A trace shows what for. Of the two calls the first takes ${timeoutMs} ms and fails, and the second is quick:
     traces slowest POST /v1/bookings
     trace 1
     span <#>
   Their attribute server.port is not the same. In every slow trace the slow call goes to the same port.

The remedy is to take that replica out of the rotation, by a health check that asks for an answer and not only for a
connection. A timeout close to the usual duration, and a circuit breaker for each replica, would have hidden it. Averages
hid it too: watch a high percentile, and latency by replica. And leave the key where it is.`,
})
