/**
 * Fifteen minutes of two servers, as a Prometheus that scrapes every 15 seconds would have stored them. Prints them as
 * OpenMetrics text, which `npm run query` serves:
 *
 *   node dist/lessons/6-asking/demos/two-servers.js > logs/two-servers.om
 *
 * From 14:00 to 14:15 UTC of today, server a answers 9.6 requests per second and server b 0.4. Until 14:05 both run release 1.4.0
 * and take 40 ms. At 14:05 b is restarted with release 1.5.0, which takes 800 ms.
 */
import { stdout } from 'node:process'

const START = new Date().setUTCHours(14, 0, 0, 0) / 1000
const MINUTES = 15
const SCRAPE_INTERVAL = 15
const RESTART = START + 5 * 60
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

const DURATION = 'http_server_request_duration_seconds'
const COUNT = 'http_server_request_count_total'

interface Server {
  readonly instance: string
  /** Requests in each second. */
  readonly rate: number
  /** What it had counted at 14:00. */
  readonly before: number
  /** When it was restarted with the next release. */
  readonly restart: number
}

const servers: readonly Server[] = [
  { instance: 'a:8080', rate: 9.6, before: 1_200_000, restart: Number.POSITIVE_INFINITY },
  { instance: 'b:8080', rate: 0.4, before: 50_000, restart: RESTART },
]

const samples = servers.flatMap((server) => {
  const times = Array.from({ length: (MINUTES * 60) / SCRAPE_INTERVAL + 1 }, (_, i) => START + i * SCRAPE_INTERVAL)
  return times.flatMap((time) => scrape(server, time))
})

stdout.write('# TYPE http_server_request_count counter\n')
stdout.write(`# TYPE ${DURATION} histogram\n# UNIT ${DURATION} seconds\n# TYPE target_info gauge\n`)
for (const { series, value, time } of samples) stdout.write(`${series} ${value} ${time}\n`)
stdout.write('# EOF\n')

/** What Prometheus reads from a server at that time. */
function scrape(server: Server, time: number) {
  const isNew = time >= server.restart
  const requests = Math.round(server.rate * (time - (isNew ? server.restart : START)) + (isNew ? 0 : server.before))
  const seconds = isNew ? 0.8 : 0.04
  const target = `job="course-app",instance="${server.instance}"`
  const labels = `${target},method="GET",route="/v1/courses",status="200"`
  const buckets = [...BOUNDS, Number.POSITIVE_INFINITY].map((bound) => ({
    series: `${DURATION}_bucket{${labels},le="${bound === Number.POSITIVE_INFINITY ? '+Inf' : bound}"}`,
    value: seconds <= bound ? requests : 0,
  }))
  const found = [
    { series: `${COUNT}{${labels}}`, value: requests },
    ...buckets,
    { series: `${DURATION}_sum{${labels}}`, value: requests * seconds },
    { series: `${DURATION}_count{${labels}}`, value: requests },
    { series: `target_info{${target},service_version="${isNew ? '1.5.0' : '1.4.0'}"}`, value: 1 },
  ]
  return found.map(({ series, value }) => ({ series, value, time }))
}
