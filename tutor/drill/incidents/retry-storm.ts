import { retryStormCauses } from '../causes/retry-storm.ts'
import { COUNTRIES } from '../everyday-traffic.ts'
import { retryStorm } from '../faults/retry-storm.ts'
import { defineIncident } from '../incident.ts'
import { choice, clock, number, time, word } from '../question.ts'

export default defineIncident({
  id: '7',
  name: 'retry-storm',
  title: 'They beg us to stop',
  report:
    'The operators of a registry that we ask about customers call: "We have a small problem, and you make it a big one!"',
  fault: retryStorm,

  traffic: ({ country }) => {
    const { dialingCode } = COUNTRIES.find((known) => known.country === country) ?? COUNTRIES[0]
    const customer = { name: 'Robin Example', email: 'robin@example.com', phone: `+${dialingCode} 171 5550199` }
    const course_id = '01943ad7-aa80-7001-8000-000000000005'
    return [{ everyMs: 1100, act: (client) => client.post('/v1/bookings', { course_id, user_id: 'group', customer }) }]
  },

  causes: retryStormCauses,

  questions: ({ parameters: { serviceTries, clientTries, country }, beganAt, logs, random }) => [
    word({
      ask: 'Which route of ours fails for some customers?',
      form: 'a route as the log has it',
      right: ['/v1/bookings'],
      nudge: 'Does that route fail? Look for lines of level error.',
      hints: [
        `grep '"level":"error"' ${logs}/app.log | grep 'request completed' | grep -o '"method":"[^"]*"\\|"route":"[^"]*"\\|"status":[0-9]*' | paste - - - | sort | uniq -c`,
      ],
    }),
    time({
      ask: 'Since when? To within 10 seconds.',
      right: beganAt,
      within: 10,
      hints: [`grep '"level":"error"' ${logs}/app.log | head -n 2 | cut -c1-120`],
    }),
    word({
      ask: 'Customers of which country are affected? (Two letters.)',
      form: 'two letters',
      right: [country],
      nudge: 'Compare the URL of the failing calls with the URL of the others.',
      hints: [
        'traces failed POST /v1/bookings   then   trace 1   and   span <#> for a line named GET.',
        'Its url.path ends with the country.',
      ],
    }),
    number({
      ask: 'How many calls to the registry does one such request make before it fails?',
      form: 'a number',
      right: serviceTries * clientTries,
      within: 0,
      nudge: 'Count all lines named GET in the trace of a failed request.',
      hints: [
        'traces failed POST /v1/bookings   then   trace 1',
        'There are several spans verify_customer, and several calls below each.',
      ],
    }),
    choice(
      {
        ask: 'Did the app receive more POST /v1/bookings requests than before?',
        right: 'No: about as many as before, but those that fail make many calls each',
        wrong: {
          'Yes: several times as many, so customers try again':
            'Count the lines of POST /v1/bookings in ten seconds, before and after.',
          'No: fewer than before, and each call takes longer':
            'Count again, and look at how long a call takes in a trace.',
        },
        hints: [
          `grep POST ${logs}/app.log | grep '"route":"/v1/bookings",' | grep -o 'T[0-9:]\\{7\\}' | uniq -c   counts them for each ten seconds.`,
        ],
      },
      random,
    ),
    choice(
      {
        ask: 'So what is the cause of the flood?',
        right: 'Two layers retry, each without a pause, and their numbers of tries multiply',
        wrong: {
          'One loop retries far too often': 'Look at the shape of the trace: are all calls below one span?',
          'The customers’ browsers send their requests again':
            'All of these calls are in one trace, so a single request makes them.',
          'The calls time out, and are sent again while the first is still in flight':
            'In the trace each call ends before the next one begins, with status 503.',
          'A list is read item by item': 'All of these calls have the same url.path.',
        },
        hints: [
          'Look at the pauses between the calls, and at the spans between the request’s span and those of the calls.',
        ],
      },
      random,
    ),
  ],

  debrief: ({ parameters: { serviceTries, clientTries, country }, beganAt, logs }) => `
It was a retry storm. Since ${clock(beganAt)} the registry has answered 503 for customers from ${country}. Our client for it
tries ${clientTries} times without a pause. The booking service does not know that, and calls the client ${serviceTries} times. So one
request makes ${serviceTries} × ${clientTries} = ${serviceTries * clientTries} calls, just when the registry is in trouble.

1. The log shows which route fails and since when:
     grep '"level":"error"' ${logs}/app.log | grep 'request completed' | grep -o '"time":"[^"]*"\\|"route":"[^"]*"\\|"status":[0-9]*' | paste - - - | head
2. The metrics show about as many requests per scrape as before. So the flood is made here:
     grep 'request_count_total{method="POST",route="/v1/bookings",' ${logs}/metrics/*.txt
3. A trace shows the shape: ${serviceTries} spans verify_customer in a row, with ${clientTries} calls below each of them and no pause between.
     traces failed POST /v1/bookings
     trace 1
   The attribute url.path of the calls says that these customers are from ${country}.

The remedy is to retry in one layer only, with a pause that doubles and varies, a budget (at most 10 % more calls than
requests, for example), and a circuit breaker that stops calling for a while. src/platform/grpc/client.ts has a pause and
a budget. To be warned next time, watch calls per request, and give each try a span of its own, as here.`,
})
