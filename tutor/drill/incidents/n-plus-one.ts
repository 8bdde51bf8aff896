import { nPlusOne } from '../faults/n-plus-one.ts'
import { defineIncident } from '../incident.ts'
import { choice, clock, number, time, word } from '../question.ts'

export default defineIncident({
  id: '1',
  name: 'n-plus-one',
  title: 'The front page got slow',
  report: 'The shop says that its front page takes several times as long as it did. "But we changed nothing!"',
  fault: nPlusOne,

  traffic: ({ pageSize }) => [
    { everyMs: 500, act: (client) => client.get(`/v1/courses?include=batches&page_size=${pageSize}`) },
  ],

  questions: ({ parameters: { pageSize }, beganAt, logs, dice }) => [
    word({
      ask: 'Which route got slow?',
      form: 'a route as the log has it, such as /v1/bookings/:booking_id',
      right: ['/v1/courses'],
      nudge: 'Compare the slowest lines of that route with those of others. Has it really changed?',
      hints: [
        'Each line of the log whose message is "request completed" has a route and a latency in milliseconds.',
        `The slowest requests of late:  tail -n 300 ${logs}/app.log | grep -o '"route":"[^"]*".*"latency":[0-9]*' | sort -t: -k5 -n | tail`,
        'It is a list.',
      ],
    }),
    time({
      ask: 'Since when? To within 10 seconds.',
      right: beganAt,
      within: 10,
      hints: [
        `All requests of that route, with the time and the latency:  grep '"route":"/v1/courses",' ${logs}/app.log | grep -o '"time":"[^"]*"\\|"latency":[0-9]*' | paste - -`,
        'Two kinds of requests share the route. Only one of them changed: look for the first latency that is far above all before.',
      ],
    }),
    number({
      ask: 'How many SQL statements does one slow request send?',
      form: 'a number',
      right: pageSize + 1,
      within: 0,
      nudge:
        'Count them in the trace of a slow request: the lines of the database, those that are folded into one included.',
      hints: [
        'traces slowest GET /v1/courses   lists the slowest traces of that route, with the number of their spans.',
        'trace 1   shows the first of them. One span is the request itself; the others are statements.',
      ],
    }),
    word({
      ask: 'Which table do nearly all of them read?',
      form: 'the name of a table',
      right: ['batches'],
      nudge: 'A statement’s span is named after its verb and its table.',
      hints: ['trace 1, after traces slowest GET /v1/courses: the name of the line that stands for many.'],
    }),
    choice(
      {
        ask: 'So what is the cause?',
        right: 'The batches are read course by course: one statement for the list and one more for each course in it',
        wrong: {
          'One statement has become slow':
            'How long does a single statement take in the trace? They are as quick as before.',
          'The database is overloaded by other requests':
            'Other routes that read the database are not slower between these requests. Who sends the most statements?',
          'The cache does not work any more':
            'A list of courses never asked the cache. Look for a cache span in an old trace.',
          'The answers have become larger': 'The page has as many courses as before. What grew is what is done for it.',
        },
        hints: ['How many statements did the same request send before?  traces oldest GET /v1/courses'],
      },
      dice,
    ),
  ],

  debrief: ({ parameters: { pageSize }, beganAt, url, logs }) => `
It was an N+1 query. Until ${clock(beganAt)} the batches of all courses of a page were read by one statement. Since
then they are read in a loop, one statement for each course: ${pageSize} + 1 instead of 2.

1. The symptom is latency, so begin with the route. The log shows that one route got slow and when:
     grep '"route":"/v1/courses",' ${logs}/app.log | grep -o '"time":"[^"]*"\\|"latency":[0-9]*' | paste - -
   Only some of its requests are slow. An average over the route would have hidden how bad they are.
2. The metrics show that the database has more to do, though there are no more requests. Divide one by the other:
     grep 'db_client_operation_duration_seconds_count{operation="SELECT",table="batches"' ${logs}/metrics/*.txt
     grep 'request_count_total{method="GET",route="/v1/courses",status="200"' ${logs}/metrics/*.txt
   And each statement is as quick as before, so no dashboard of slow statements will ever show this:
     curl -s ${url}/metrics | grep 'operation_duration_seconds_bucket.*SELECT.*batches'
3. A trace shows it at a glance: a staircase of spans that are alike, each beginning when the one before has ended.
     traces slowest GET /v1/courses
     trace 1

The remedy is one statement for all: where course_id = any(…), as batchesOf in src/course/catalog-store.ts does it.
To be warned the next time, watch statements per request, not only the time of a statement.`,
})
