import { setMaxListeners } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { Call } from './call-log.ts'
import type { Random } from './random.ts'

/** A user action that is repeated. */
export interface Stream {
  /** Mean interval; each one varies by up to 20 %. */
  readonly everyMs: number
  act(client: Client): Promise<unknown>
}

/** Sends requests to the app and reads the complete answers. */
export interface Client {
  get(path: string): Promise<Answer>
  post(path: string, body?: object): Promise<Answer>
  readonly random: Random
}

export interface Answer {
  readonly status: number
  /** The answer's JSON; undefined without JSON or without an answer. */
  readonly body: Record<string, unknown> | undefined
}

/** Callers give up after this time. It also bounds the requests of a stream that are in flight. */
const TIMEOUT_MS = 20_000

interface TrafficOptions {
  readonly url: string
  readonly random: Random
  /** Called after each call. */
  readonly onCall: (call: Call) => void
}

/**
 * Runs all streams until the signal aborts. Requests are sent when they are due, however slow earlier answers are (an
 * open loop). Callers in a closed loop would send fewer requests while the app is slow, and so underestimate its
 * latency: coordinated omission.
 *
 * @returns when the last answer has arrived
 */
export async function runTraffic(
  streams: readonly Stream[],
  options: TrafficOptions,
  signal: AbortSignal,
): Promise<void> {
  setMaxListeners(streams.length + 1, signal) // each stream waits for it
  await Promise.all(streams.map((stream) => run(stream, options, signal)))
}

async function run({ everyMs, act }: Stream, options: TrafficOptions, signal: AbortSignal): Promise<void> {
  const unanswered = new Set<Promise<unknown>>()
  // Each due time follows from the previous one, so that a late timer delays one request and not all later ones.
  for (let due = performance.now(); !signal.aborted; due += everyMs * (0.8 + options.random.number(0, 40) / 100)) {
    await pause(due - performance.now(), signal)
    if (signal.aborted) break
    const acting = act(clientOf(options, due)).finally(() => unanswered.delete(acting))
    unanswered.add(acting)
  }
  await Promise.all(unanswered)
}

/** Ends early, without an error, when the signal aborts. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch((error: Error) => {
    if (error.name !== 'AbortError') throw error
  })
}

/**
 * One caller.
 *
 * @param due when the first request is due, on the clock of `performance.now()`. Each further request is due when the
 *   previous answer has arrived.
 */
export function clientOf({ url, random, onCall }: TrafficOptions, due = performance.now()): Client {
  let waitingSince = due

  async function send(method: string, path: string, init: RequestInit): Promise<Answer> {
    const began = waitingSince
    const { answer, requestId } = await answerTo(url + path, { ...init, method })
    const waitedMs = performance.now() - began
    waitingSince = performance.now()
    onCall({
      route: routeOf(method, path),
      dueAt: performance.timeOrigin + began,
      waitedMs,
      status: answer.status,
      requestId,
    })
    return answer
  }

  return {
    random,
    get: (path) => send('GET', path, {}),
    post: (path, body) =>
      send('POST', path, {
        ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}),
      }),
  }
}

async function answerTo(url: string, init: RequestInit): Promise<{ answer: Answer; requestId: string | undefined }> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json') === true
    return {
      answer: { status: response.status, body: isJson ? (JSON.parse(text) as Answer['body']) : undefined },
      requestId: response.headers.get('x-request-id') ?? undefined,
    }
  } catch {
    // The caller gives up, which the call log shows as status 0.
    return { answer: { status: 0, body: undefined }, requestId: undefined }
  }
}

/** `GET /v1/courses/:course_id`, as in the log. */
export function routeOf(method: string, path: string): string {
  const [pathname = ''] = path.split('?')
  return `${method} ${pathname.replace(/\/(course|booking)s\/[0-9a-f-]{36}/, '/$1s/:$1_id')}`
}
