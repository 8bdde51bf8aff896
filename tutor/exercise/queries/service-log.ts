import { createHash } from 'node:crypto'
import type { LineStore } from '../../../query/lines/line-store.ts'
import { readLines } from '../../../query/lines/read-lines.ts'
import { START } from './service-metrics.ts'

/** A line of a log, as the course's app writes it. */
export interface LogLine {
  /** When it was written, in seconds since `START`. */
  readonly second: number
  /** Default `course-app`. */
  readonly service?: string
  /** Default `info`. */
  readonly level?: string
  readonly message: string
  /** What else is in the line, before the message. */
  readonly members?: Readonly<Record<string, unknown>>
}

/** A request of which the log tells. */
export interface LoggedRequest {
  readonly second: number
  readonly service?: string
  /** Default an id that follows from all the others. */
  readonly id?: string
  /** Default `GET`. */
  readonly method?: string
  readonly route: string
  /** Default the route. */
  readonly path?: string
  /** Default 200. */
  readonly status?: number
  /** In milliseconds; default 12. */
  readonly latency?: number
  /** The message of its error, if it has failed; default that of a failed statement. */
  readonly error?: string
}

/** The lines of a request: one when it is over, and one before with the error if the server has failed. */
export function linesOf(request: LoggedRequest): LogLine[] {
  const { second, service, method = 'GET', route, path = route, status = 200, latency = 12 } = request
  const { id = uuid(JSON.stringify(request)), error = 'the database has not answered' } = request
  const level = status >= 500 ? 'error' : status >= 400 ? 'warn' : 'info'
  const place = { second, ...(service === undefined ? {} : { service }), level }
  const ids = { request_id: id }
  const err = { type: 'Error', message: error, stack: `Error: ${error}\n    at serve (server.js:12:9)` }
  const completed = { method, path, route, status, latency, ...ids }
  return [
    ...(status >= 500 ? [{ ...place, message: 'request failed', members: { err, ...ids } }] : []),
    { ...place, message: 'request completed', members: completed },
  ]
}

/** So many requests, one every `every` seconds. */
export function requestsEvery(
  every: number,
  from: number,
  to: number,
  request: (i: number) => Omit<LoggedRequest, 'second'>,
): LogLine[] {
  const count = Math.floor((to - from) / every)
  return Array.from({ length: count }, (_, i) => linesOf({ ...request(i), second: from + i * every })).flat()
}

/** The text of a log file, in the order of time. */
export function writeLog(lines: readonly LogLine[]): string {
  return lines
    .toSorted((a, b) => a.second - b.second)
    .map(({ second, service = 'course-app', level = 'info', message, members = {} }, i) => {
      // A millisecond apart, because Loki keeps one of two equal lines of the same time.
      const time = new Date(START + second * 1000 + (i % 250)).toISOString()
      return `${JSON.stringify({ level, time, service, service_instance_id: uuid(service), ...members, message })}\n`
    })
    .join('')
}

/** As Loki has them: a line of more than 64 KiB is cut off. */
export function storeLines(lines: readonly LogLine[]): LineStore {
  return readLines(writeLog(lines))
}

/** A UUID that is always the same for the same text. */
export function uuid(text: string): string {
  const hash = createHash('sha256').update(text).digest('hex')
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `4${hash.slice(13, 16)}`,
    `8${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join('-')
}
