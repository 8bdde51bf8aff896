/** One request as its caller saw it. */
export interface Call {
  /** Method and template of the path: `GET /v1/courses/:course_id`. */
  readonly route: string
  /** When the request should have been sent, in milliseconds since 1970. */
  readonly dueAt: number
  /** From then until the last byte of the answer, or until the caller gave up, in milliseconds. */
  readonly waitedMs: number
  /** 0 when there was no answer. */
  readonly status: number
  /** The `x-request-id` of the answer. */
  readonly requestId: string | undefined
}

/** What callers of a route saw during an incident. */
export interface RouteImpact {
  readonly route: string
  readonly calls: number
  readonly failed: number
  readonly unanswered: number
  readonly medianMs: number
  /** Undefined without a call before the incident. */
  readonly medianBeforeMs: number | undefined
  readonly slowestMs: number
}

/** Period that `clients` shows by default. */
const DEFAULT_SECONDS = 30

/** `clients` shows what callers saw, which the app's telemetry cannot. */
export class CallLog {
  readonly #calls: Call[] = []
  readonly #logs: string

  /** @param logs the folder of `app.log` */
  constructor(logs: string) {
    this.#logs = logs
  }

  add(call: Call): void {
    this.#calls.push(call)
  }

  /** @returns the output of the command; undefined when it is another command */
  run(line: string): string | undefined {
    const [command, seconds = String(DEFAULT_SECONDS), ...more] = line.split(/\s+/)
    if (command !== 'clients' || more.length > 0) return undefined // `clients wait because …` is an answer
    if (!/^\d+$/.test(seconds) && seconds !== 'all') return 'clients, clients <seconds> or clients all'
    return this.#table(seconds)
  }

  /** By route, since `beganAt`. */
  impactSince(beganAt: Date): RouteImpact[] {
    const since = this.#calls.filter(({ dueAt }) => dueAt >= beganAt.getTime())
    const before = this.#calls.filter(({ dueAt }) => dueAt < beganAt.getTime())
    return routesOf(since).map((route) => {
      const calls = ofRoute(since, route)
      const earlier = ofRoute(before, route)
      return {
        route,
        calls: calls.length,
        failed: calls.filter(({ status }) => status >= 500).length,
        unanswered: calls.filter(({ status }) => status === 0).length,
        medianMs: percentile(calls, 0.5).waitedMs,
        medianBeforeMs: earlier.length === 0 ? undefined : percentile(earlier, 0.5).waitedMs,
        slowestMs: (calls.at(-1) as Call).waitedMs,
      }
    })
  }

  #table(seconds: string): string {
    const since = seconds === 'all' ? 0 : Date.now() - Number(seconds) * 1000
    const calls = this.#calls.filter(({ dueAt, waitedMs }) => dueAt + waitedMs >= since)
    if (calls.length === 0) return 'No call has ended in that time. clients all shows every call of the drill.'
    return [
      `  What callers saw ${seconds === 'all' ? 'since the drill began' : `in the last ${seconds} seconds`}, from the moment a request was due to the last byte of its answer:`,
      `  ${'route'.padEnd(ROUTE)} ${['calls', '5xx', 'none', 'p50', 'p99', 'slowest'].map((title) => title.padStart(COLUMN)).join('')}  x-request-id of the slowest`,
      ...routesOf(calls).map((route) => row(route, ofRoute(calls, route))),
      `  none: the caller gave up without an answer. What the log says of a call:  ! grep <x-request-id> ${this.#logs}/app.log`,
    ].join('\n')
  }
}

const ROUTE = 40
const COLUMN = 10

function routesOf(calls: readonly Call[]): string[] {
  return [...new Set(calls.map(({ route }) => route))].sort()
}

/** Shortest wait first. */
function ofRoute(calls: readonly Call[], wanted: string): Call[] {
  return calls.filter(({ route }) => route === wanted).sort((a, b) => a.waitedMs - b.waitedMs)
}

function percentile(sorted: readonly Call[], share: number): Call {
  return sorted[Math.ceil(share * sorted.length) - 1] as Call
}

/** @param calls shortest wait first */
function row(route: string, calls: readonly Call[]): string {
  const slowest = calls.at(-1) as Call
  const columns = [
    String(calls.length),
    String(calls.filter(({ status }) => status >= 500).length),
    String(calls.filter(({ status }) => status === 0).length),
    ...[percentile(calls, 0.5), percentile(calls, 0.99), slowest].map(({ waitedMs }) => `${waitedMs.toFixed(0)} ms`),
  ]
  return `  ${route.padEnd(ROUTE)} ${columns.map((text) => text.padStart(COLUMN)).join('')}  ${slowest.requestId ?? 'no answer'}`
}
