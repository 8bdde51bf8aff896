import { dashboardOf } from './dashboard.ts'
import { graph, number } from './panels.ts'
import { instance, job } from './variables.ts'

const OF = '{job=~"$job", instance=~"$instance"}'

/** The process: event loop, memory, open handles. */
export const nodeRuntime = dashboardOf({
  uid: 'node-runtime',
  title: 'Node runtime',
  description: 'CPU, event loop, garbage collection and memory of each process.',
  variables: [job, instance],
  rows: [
    {
      title: 'The process',
      panels: [
        number(
          {
            title: 'Node.js',
            description: 'Processes by version. Two versions at once are normal during a rollout, and only then.',
            unit: 'none',
            width: 6,
          },
          { expr: `count by (version) (nodejs_version_info${OF})`, legend: '{{version}}' },
        ),
        number(
          {
            title: 'Running for',
            description:
              'Since the last start, of the process that started last. Short, without a deployment: it crashed.',
            unit: 's',
            width: 6,
          },
          { expr: `min(time() - process_start_time_seconds${OF})`, legend: 'uptime' },
        ),
        number(
          {
            title: 'Restarts in the time shown',
            description:
              'How often an instance came back with another start time. Each restart empties counters, the cache in the process and the connections.',
            unit: 'none',
            width: 6,
            thresholds: { warn: 1 },
          },
          { expr: `sum(changes(process_start_time_seconds${OF}[$__range]))`, legend: 'restarts' },
        ),
        number(
          {
            title: 'Open files, of what is allowed',
            description:
              'Sockets count as files. At 100 % nothing can connect any more. If it climbs steadily, connections are not being closed.',
            unit: 'percentunit',
            width: 6,
            thresholds: { warn: 0.7, bad: 0.9 },
          },
          { expr: `max(process_open_fds${OF} / process_max_fds${OF})`, legend: 'open' },
        ),
      ],
    },
    {
      title: 'One thread',
      panels: [
        graph(
          {
            title: 'CPU',
            description:
              'Cores in use, by user code and by the system on its behalf. Above 1 there are other threads at work: garbage collection, the embedded database, compression.',
            unit: 'none',
            width: 12,
            stacked: true,
            thresholds: { warn: 0.7, bad: 0.9 },
          },
          { expr: `rate(process_cpu_user_seconds_total${OF}[$__rate_interval])`, legend: '{{instance}}: user' },
          { expr: `rate(process_cpu_system_seconds_total${OF}[$__rate_interval])`, legend: '{{instance}}: system' },
        ),
        graph(
          {
            title: 'Event loop lag',
            description:
              'How late the loop is, between two scrapes: half of the time at most p50, nearly always at most p99. About 10 ms is the resolution of the measurement, not a delay. A high maximum alone is one long task, such as a large JSON document; a high p99 is many of them. Above 100 ms the alert EventLoopLag fires.',
            unit: 's',
            width: 12,
            thresholds: { warn: 0.05, bad: 0.1 },
          },
          { expr: `nodejs_eventloop_lag_p50_seconds${OF}`, legend: '{{instance}}: p50' },
          { expr: `nodejs_eventloop_lag_p90_seconds${OF}`, legend: '{{instance}}: p90' },
          { expr: `nodejs_eventloop_lag_p99_seconds${OF}`, legend: '{{instance}}: p99' },
          { expr: `nodejs_eventloop_lag_max_seconds${OF}`, legend: '{{instance}}: longest' },
        ),
      ],
    },
    {
      title: 'Garbage collection',
      panels: [
        graph(
          {
            title: 'Time spent collecting',
            description:
              'The share of time for which garbage collection had the thread. A few percent are normal; from 10 % on, less should be allocated, or the heap is too small for what lives in it.',
            unit: 'percentunit',
            width: 12,
            stacked: true,
            thresholds: { warn: 0.05, bad: 0.1 },
          },
          {
            expr: `sum by (instance, kind) (rate(nodejs_gc_duration_seconds_sum${OF}[$__rate_interval]))`,
            legend: '{{instance}}: {{kind}}',
          },
        ),
        graph(
          {
            title: 'Collections',
            description:
              'Minor ones clear away what was short-lived, cheaply and often. Major ones go through everything. Major ones that come more and more often say that the heap is nearly full.',
            unit: 'ops',
            width: 12,
          },
          {
            expr: `sum by (instance, kind) (rate(nodejs_gc_duration_seconds_count${OF}[$__rate_interval]))`,
            legend: '{{instance}}: {{kind}}',
          },
        ),
      ],
    },
    {
      title: 'Memory',
      panels: [
        graph(
          {
            title: 'Memory',
            description:
              'Resident is what the operating system has given; the heap holds JavaScript objects; external is buffers and WebAssembly, where the embedded database lives. Look at the lowest points of "heap used": if those rise from hour to hour, something leaks.',
            unit: 'bytes',
            width: 12,
          },
          { expr: `process_resident_memory_bytes${OF}`, legend: '{{instance}}: resident' },
          { expr: `nodejs_heap_size_total_bytes${OF}`, legend: '{{instance}}: heap' },
          { expr: `nodejs_heap_size_used_bytes${OF}`, legend: '{{instance}}: heap used' },
          { expr: `nodejs_external_memory_bytes${OF}`, legend: '{{instance}}: external' },
        ),
        graph(
          {
            title: 'Heap in use by space',
            description:
              'New objects start in "new"; those that survive move to "old", where leaks show. "large_object" is for what is bigger than a page, such as long arrays.',
            unit: 'bytes',
            width: 12,
            stacked: true,
          },
          { expr: `sum by (space) (nodejs_heap_space_size_used_bytes${OF})`, legend: '{{space}}' },
        ),
      ],
    },
    {
      title: 'What it holds open',
      panels: [
        graph(
          {
            title: 'Active resources',
            description:
              'Sockets, timers and servers that keep the event loop alive. Sockets follow the number of clients; anything that only ever grows is not being released.',
            unit: 'none',
            width: 12,
            stacked: true,
          },
          { expr: `sum by (type) (nodejs_active_resources${OF})`, legend: '{{type}}' },
        ),
        graph(
          {
            title: 'Open files',
            description:
              'File descriptors, of which every connection takes one. It should come back to where it was when the traffic has gone.',
            unit: 'none',
            width: 12,
          },
          { expr: `process_open_fds${OF}`, legend: '{{instance}}' },
        ),
      ],
    },
  ],
})
