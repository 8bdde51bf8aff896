/**
 * Exercise 7.5: On call for bookings
 *
 * A page says that bookings fail. Write the rows of the dashboard that the person on call opens. Each row has a question
 * as its title, with a question mark, and the panel or the few panels that answer it. There are four questions, in the
 * order in which you would ask them:
 *
 * - Do bookings fail? The share of the POST requests to /v1/bookings and to the routes below it that were answered with a
 *   status of 500 to 599 (unit percentunit); it is 0 while none fails. A threshold marks 5 %, where the alert
 *   BookingsFailing fires. The metric is http_server_request_count_total.
 * - How far do customers get? Bookings per second that reach each status (ops), from the counter booking_status_total.
 * - How many seats are held and not paid? The gauge booking_reserved_current (none). Each instance reads the same number
 *   from the database.
 * - Is the database slow? How long 95 % of the SQL statements took at most (s), by operation and table, from the histogram
 *   db_client_operation_duration_seconds. A threshold marks half a second.
 *
 * All of it is for the services that the variable job selects. Panels have titles, descriptions, units and legends as in
 * exercise 7.4, and your queries run over data that you have not seen.
 *
 * Where to look: grafana/generator/course-booking.ts, and "One question per row" in lessons/7-alerting/README.md.
 * npm run exercise 7.5 -- --data writes data to look at.
 */
import { dashboardOf } from '../../../grafana/generator/dashboard.ts'
import { graph, number } from '../../../grafana/generator/panels.ts'
import { job } from '../../../grafana/generator/variables.ts'

export const dashboard = dashboardOf({
  uid: 'on-call-for-bookings',
  title: 'On call for bookings',
  description: 'Four questions to ask when bookings fail.',
  variables: [job],
  rows: [
    // Exercise 7.5: your part begins
    {
      title: 'Bookings',
      panels: [
        graph(
          {
            title: 'Failed bookings',
            description: 'Answers with a status of 500 per second. There should be none of them.',
            unit: 'reqps',
            width: 12,
          },
          { expr: 'rate(http_server_request_count_total{status="500"}[5m])', legend: '{{route}} {{instance}}' },
        ),
        number(
          {
            title: 'Seats held',
            description: 'Seats that are held and not paid. It rises and falls with the reservations.',
            unit: 'none',
            width: 12,
          },
          { expr: 'sum(booking_reserved_current)', legend: 'held' },
        ),
      ],
    },
    // Exercise 7.5: your part ends
  ],
})
