/**
 * Exercise 7.4: Are users being hurt?
 *
 * Whoever is on call looks at one row first, and has to see within seconds whether a service fails its users. Write the
 * panels of that row for the services that the variable job selects:
 *
 * - requests per second (unit reqps),
 * - the share of them that failed, with a status of 500 to 599 (percentunit); it is 0 while none fails, and a threshold
 *   marks the objective, 0.5 %,
 * - how long 95 % of them took at most (s).
 *
 * Each is for the service as a whole, or by route, method or job. Requests to /metrics and /livez come from Prometheus and
 * from health checks, and are left out. Each panel has a title in words, a description of at least eight words that says
 * what is normal and what is not, and a legend that tells its lines apart.
 *
 * The metrics are http_server_request_count_total and the histogram http_server_request_duration_seconds, with the labels
 * job, instance, method, route and status. Your queries run over data that you have not seen, with other services selected
 * and at another zoom.
 *
 * Where to look: grafana/generator/service-overview.ts, and "One question per row" in lessons/7-alerting/README.md.
 * npm run exercise 7.4 -- --data writes data to look at.
 */
import { dashboardOf } from '../../../grafana/generator/dashboard.ts'
import { graph, number } from '../../../grafana/generator/panels.ts'
import { job } from '../../../grafana/generator/variables.ts'

export const dashboard = dashboardOf({
  uid: 'users',
  title: 'Users',
  description: 'What users notice of the services that are selected.',
  variables: [job],
  rows: [
    {
      title: 'Are users being hurt?',
      panels: [
        // Exercise 7.4: your part begins
        graph(
          { title: 'http_server_request_count_total', description: 'Requests', unit: 'short', width: 24 },
          { expr: 'http_server_request_count_total', legend: '' },
        ),
        // Exercise 7.4: your part ends
      ],
    },
  ],
})
