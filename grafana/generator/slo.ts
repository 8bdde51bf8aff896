import { dashboardOf } from './dashboard.ts'
import { bars, graph, number, timeline } from './panels.ts'
import { OF_USERS } from './promql.ts'
import { job } from './variables.ts'

/** 0.5 % of requests may fail. */
const BUDGET = 0.005
const burn = (window: string) => ({
  expr: `job:slo_errors:ratio_rate${window}{job=~"$job"} / ${BUDGET}`,
  legend: `{{job}}: ${window}`,
})

/** Whether the objective is met, and how fast the error budget burns. */
export const slo = dashboardOf({
  uid: 'slo',
  title: 'SLO and error budget',
  description:
    'The objective: over 30 days, 99.5 % of requests are answered without a 5xx. The rest is the error budget.',
  variables: [job],
  from: 'now-6h',
  rows: [
    {
      title: 'The objective: 99.5 % over 30 days',
      panels: [
        number(
          {
            title: 'Availability',
            description:
              'The share of requests of the last 30 days that were answered without a 5xx. The objective is 99.5 %; below it, the promise is broken.',
            unit: 'percentunit',
            width: 6,
            thresholds: { warn: 0.999, bad: 0.995, good: 'high' },
          },
          { expr: '1 - job:slo_requests_failed:ratio_30d{job=~"$job"}', legend: '{{job}}' },
        ),
        number(
          {
            title: 'Error budget left',
            description:
              'Of the 0.5 % of requests that may fail, what has not failed yet. 100 % is untouched. Near 0 one stops taking risks with releases; below 0 the objective has been missed.',
            unit: 'percentunit',
            width: 6,
            thresholds: { warn: 0.5, bad: 0, good: 'high' },
          },
          { expr: 'job:slo_error_budget_remaining:ratio_30d{job=~"$job"}', legend: '{{job}}' },
        ),
        number(
          {
            title: 'Burn rate, one hour',
            description:
              'How fast the budget is being spent. At 1 it lasts exactly 30 days, at 14.4 two days: there, and if it still goes on, the alert ErrorBudgetBurn pages. "none" means that there was too little traffic to say.',
            unit: 'none',
            width: 6,
            thresholds: { warn: 1, bad: 14.4 },
          },
          burn('1h'),
        ),
        number(
          {
            title: 'Burn rate, three days',
            description:
              'The same over three days. Slow leaks show here: above 1 the budget will not last, however calm it looks.',
            unit: 'none',
            width: 6,
            thresholds: { warn: 1, bad: 3 },
          },
          burn('3d'),
        ),
      ],
    },
    {
      title: 'Burn rate: how fast the budget is spent',
      panels: [
        graph(
          {
            title: 'Page: an hour, and is it still going on?',
            description:
              'The alert fires while both lines of a service are above 14.4. The long window says that it matters, the short one ends the alert soon after the errors have.',
            unit: 'none',
            width: 12,
            thresholds: { warn: 1, bad: 14.4 },
          },
          burn('1h'),
          burn('5m'),
        ),
        graph(
          {
            title: 'Page: six hours',
            description: 'The alert fires while both lines are above 6: the budget would be gone in five days.',
            unit: 'none',
            width: 12,
            thresholds: { warn: 1, bad: 6 },
          },
          burn('6h'),
          burn('30m'),
        ),
        graph(
          {
            title: 'Ticket: a day',
            description: 'A ticket is due while both lines are above 3: the budget would be gone in ten days.',
            unit: 'none',
            width: 12,
            thresholds: { warn: 1, bad: 3 },
          },
          burn('1d'),
          burn('2h'),
        ),
        graph(
          {
            title: 'Ticket: three days',
            description: 'A ticket is due while both lines are above 1: the budget will not last its 30 days.',
            unit: 'none',
            width: 12,
            thresholds: { warn: 1 },
          },
          burn('3d'),
          burn('6h'),
        ),
      ],
    },
    {
      title: 'Where it went',
      panels: [
        graph(
          {
            title: 'Error budget left over time',
            description:
              'Steps down are incidents; a slope is a leak. It rises again as old errors fall out of the 30 days.',
            unit: 'percentunit',
            width: 12,
            thresholds: { warn: 0.5, bad: 0, good: 'high' },
          },
          { expr: 'job:slo_error_budget_remaining:ratio_30d{job=~"$job"}', legend: '{{job}}' },
        ),
        bars(
          {
            title: 'Failed requests by route, in the time shown',
            description: 'Which routes have spent the budget. Mend the longest bar first.',
            unit: 'none',
            width: 12,
          },
          {
            expr: `sort_desc(sum by (method, route, status) (increase(http_server_request_count_total{job=~"$job", ${OF_USERS}, status=~"5.."}[$__range])) > 0)`,
            legend: '{{method}} {{route}} {{status}}',
          },
        ),
        timeline(
          {
            title: 'Alerts',
            description:
              'What fired when. Pending alerts wait for their `for` and are left out. docs/alerts.md has a section for each.',
            unit: 'none',
            width: 24,
          },
          {
            expr: 'max by (alertname, severity) (ALERTS{alertstate="firing"})',
            legend: '{{alertname}} ({{severity}})',
          },
        ),
      ],
    },
  ],
})
