/**
 * The cost of a label with too many values: the same 100,000 requests, counted with three different labels. Each
 * counter has a registry of its own, so the explosion harms nothing else.
 *
 * Run it after a build: node dist/phases/3-metrics/demos/label-explosion.js
 */
import { randomUUID } from 'node:crypto'
import { Histogram, Registry } from 'prom-client'

const REQUESTS = 100_000

count('route', () => '/v1/courses/:course_id')
count('status', (request) => ['200', '404', '500'][request % 3] as string)
count('course_id', () => randomUUID())

function count(label: string, labelFor: (request: number) => string): void {
  const registry = new Registry()
  const histogram = new Histogram({
    name: 'request_duration_seconds',
    help: 'Duration of requests.',
    labelNames: [label],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  })
  const values = new Set<string>()
  const before = process.memoryUsage().heapUsed
  for (let request = 0; request < REQUESTS; request++) {
    const value = labelFor(request)
    values.add(value)
    histogram.observe({ [label]: value }, 0.1)
  }
  const megabytes = (process.memoryUsage().heapUsed - before) / 1e6
  // 13 buckets and +Inf, the sum and the count: a histogram is 16 series for each value of the label.
  const series = values.size * 16
  console.log(`${label.padEnd(9)} ${format(values.size)} values ${format(series)} series ${format(megabytes)} MB`)
}

function format(number: number): string {
  return Math.max(0, Math.round(number)).toLocaleString('en').padStart(9)
}
