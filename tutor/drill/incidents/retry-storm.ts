import { COUNTRIES } from '../everyday-traffic.ts'
import { retryStorm } from '../faults/retry-storm.ts'
import { defineIncident } from '../incident.ts'
import { choice, clock, number, time, word } from '../question.ts'

export default defineIncident({
  id: '7',
  name: 'retry-storm',
  title: 'They beg us to stop',
  report:
    'A registry that we ask about customers has called: "We have a small problem here, and you make it a big one!"',
  fault: retryStorm,

  traffic: ({ country }) => {
    const { dialingCode } = COUNTRIES.find((known) => known.country === country) ?? COUNTRIES[0]
    const customer = { name: 'Somebody', email: 'somebody@example.com', phone: `+${dialingCode} 171 5550199` }
    const course_id = '01943ad7-aa80-7001-8000-000000000005'
    return [{ everyMs: 1100, act: (client) => client.post('/v1/bookings', { course_id, user_id: 'group', customer }) }]
  },

  questions: ({ parameters: { serviceTries, clientTries, country }, beganAt, logs, dice }) => [
    word({
      ask: 'Which route of ours fails for some customers?',
      form: 'a route as the log has it',
      right: ['/v1/bookings'],
      nudge: 'Does that one fail? Look for lines of level error.',
      hints: [
        `grep '"level":"error"' ${logs}/app.log | grep -o '"method":"[^"]*"\\|"route":"[^"]*"\\|"status":[0-9]*' | paste - - - | sort | uniq -c`,
      ],
    }),
    time({
      ask: 'Since when? To within 10 seconds.',
      right: beganAt,
      within: 10,
      hints: [`grep '"level":"error"' ${logs}/app.log | head -n 2 | cut -c1-120`],
    }),
    word({
      ask: 'Customers of which country are hit? (Two letters.)',
      form: 'two letters',
      right: [country],
      nudge: 'Look at the URL that the failing calls go to, and at that of the others.',
      hints: [
        'traces failed POST /v1/bookings   then   trace 1   and   span <#> for a line named GET.',
        'Its url.path ends with the country.',
      ],
    }),
    number({
      ask: 'How many calls to the registry does one such request make before it gives up?',
      form: 'a number',
      right: serviceTries * clientTries,
      within: 0,
      nudge: 'Count the lines named GET in the trace of a request that failed, all of them.',
      hints: [
        'traces failed POST /v1/bookings   then   trace 1',
        'There are several spans verify_customer, and several calls below each.',
      ],
    }),
    choice(
      {
        ask: 'Did more requests for bookings come in than before?',
        right: 'No: as many as before, but each makes many calls now',
        wrong: {
          'Yes: several times as many, so customers try again':
            'Count the lines of POST /v1/bookings per minute, before and after.',
          'No: fewer than before, and each call takes longer':
            'Count again, and look at how long a call takes in a trace.',
        },
        hints: [
          `grep POST ${logs}/app.log | grep '"route":"/v1/bookings",' | grep -o 'T[0-9:]\\{7\\}' | uniq -c   counts them for each ten seconds.`,
        ],
      },
      dice,
    ),
    choice(
      {
        ask: 'So what is the cause of the flood?',
        right: 'Two layers try again, each without a pause, so that their numbers multiply',
        wrong: {
          'One loop that tries again far too often': 'Look at the shape of the trace: are all calls below one span?',
          'The customers’ browsers send their requests again':
            'One request of ours makes all of these calls: they are in one trace.',
          'The calls time out, and are sent again while the first is still under way':
            'In the trace each call ends before the next one begins, and quickly.',
          'A list is read item by item': 'All of these calls ask for the same thing.',
        },
        hints: ['Look at the pauses between the calls, and at what is between the request’s span and a call’s span.'],
      },
      dice,
    ),
  ],

  debrief: ({ parameters: { serviceTries, clientTries, country }, beganAt, logs }) => `
It was a retry storm. Since ${clock(beganAt)} the registry answers 503 for customers from ${country}. Our client for it
tries ${clientTries} times, at once. The booking service, which does not know of that, tries ${serviceTries} times as well. So a request
makes ${serviceTries} × ${clientTries} = ${serviceTries * clientTries} calls, just when the other side can bear it least.

1. The log shows which route fails and since when:
     grep '"level":"error"' ${logs}/app.log | grep -o '"time":"[^"]*"\\|"route":"[^"]*"\\|"status":[0-9]*' | paste - - - | head
2. The metrics show that no more requests come in than before, so the flood is made here:
     grep 'request_count_total{method="POST",route="/v1/bookings",' ${logs}/metrics/*.txt
3. A trace shows the shape: ${serviceTries} spans verify_customer in a row, below each of them ${clientTries} calls, no pause anywhere.
     traces failed POST /v1/bookings
     trace 1
   The attribute url.path of the calls tells that all customers who fail are from ${country}.

The remedy is to try again in one layer only, with a pause that doubles and varies, a budget (as: at most a tenth more
calls than requests), and a circuit breaker that stops asking for a while. src/platform/grpc/client.ts has pause and budget.
To see it coming, watch calls per request, and give each try a span of its own, as here.`,
})
