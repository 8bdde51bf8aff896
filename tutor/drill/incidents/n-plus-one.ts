import { nPlusOneCauses } from '../causes/n-plus-one.ts'
import { nPlusOne } from '../faults/n-plus-one.ts'
import { defineIncident } from '../incident.ts'
import { choice, clock, number, time, word } from '../question.ts'

export default defineIncident({
  id: '1',
  name: 'n-plus-one',
  title: 'The front page got slow',
  report: 'Shop owners report that the front page takes several times as long as it did. "But we changed nothing!"',
  fault: nPlusOne,

  traffic: ({ pageSize }) => [
    { everyMs: 800, act: (client) => client.get(`/v1/courses?include=batches&page_size=${pageSize}`) },
  ],

  causes: nPlusOneCauses,

  questions: ({ parameters: { pageSize }, beganAt, logs, random }) => [
    word({
      ask: 'Which route got slow?',
      form: 'a route as the log has it, such as /v1/bookings/:booking_id',
      right: ['/v1/courses'],
      nudge: 'Compare the slowest lines of that route with those of others. Did that route really change?',
      hints: [
        'Each line of the log whose message is "request completed" has a route and a latency in milliseconds.',
        `The slowest of the last requests, in milliseconds:  tail -n 300 ${logs}/app.log | sed -n 's/.*"route":"\\([^"]*\\)".*"latency":\\([0-9]*\\).*/\\2 \\1/p' | sort -n | tail`,
        'It returns a list.',
      ],
    }),
    time({
      ask: 'Since when? To within 10 seconds.',
      right: beganAt,
      within: 10,
      hints: [
        `All requests of that route, with time and latency:  grep '"route":"/v1/courses",' ${logs}/app.log | grep -o '"time":"[^"]*"\\|"latency":[0-9]*' | paste - -`,
        'Two kinds of requests share the route, and only one of them changed. Look for the first latency that is far above all earlier ones.',
      ],
    }),
    number({
      ask: 'How many SQL statements does one slow request send?',
      form: 'a number',
      right: pageSize + 1,
      within: 0,
      nudge: 'Count the database spans in the trace of a slow request. One line may stand for many of them.',
      hints: [
        'traces slowest GET /v1/courses   lists the slowest traces of that route, with the number of their spans.',
        'trace 1   shows the first of them. One span is the request itself, and some may be waits for the connection; all others are statements.',
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
        right: 'The batches are read course by course: one statement for the list and one for each course in it',
        wrong: {
          'One statement has become slow':
            'How long does a single statement take in the trace? About as long as before.',
          'The database is overloaded by other requests':
            'There are as many requests as before. Which of them send most of the statements?',
          'The cache does not work any more':
            'A list of courses never used the cache: even the oldest traces of this route have no cache span.',
          'The answers have become larger': 'The page has as many courses as before. Only the work for it grew.',
        },
        hints: ['How many statements did the same request send before?  traces oldest GET /v1/courses'],
      },
      random,
    ),
  ],

  debrief: ({ parameters: { pageSize }, beganAt, url, logs }) => `
It was an N+1 query. Until ${clock(beganAt)} the batches of all courses of a page were read by one statement. Since
then they have been read in a loop, one statement for each course: ${pageSize} + 1 instead of 2.

1. The symptom is latency, so begin with the route. The log shows which route got slow, and when:
     grep '"route":"/v1/courses",' ${logs}/app.log | grep -o '"time":"[^"]*"\\|"latency":[0-9]*' | paste - -
   Only some of its requests are slow. An average over the route would hide how slow they are.
2. The metrics show that the database has more to do, although requests are not more frequent. Divide one by the other:
     grep 'db_client_operation_duration_seconds_count{operation="SELECT",table="batches"' ${logs}/metrics/*.txt
     grep 'request_count_total{method="GET",route="/v1/courses",status="200"' ${logs}/metrics/*.txt
   A single statement takes about as long as before, so a dashboard of slow statements does not show it:
     curl -s ${url}/metrics | grep 'operation_duration_seconds_bucket.*SELECT.*batches'
3. A trace shows it at a glance: a staircase of similar spans, each beginning when the one before has ended.
     traces slowest GET /v1/courses
     trace 1

The remedy is one statement for all courses: where course_id = any(…), as in batchesOf of src/course/catalog-store.ts.
To be warned next time, watch statements per request, not only the duration of a statement.`,
})
