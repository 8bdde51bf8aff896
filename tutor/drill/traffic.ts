import { setTimeout as delay } from 'node:timers/promises'
import type { Call } from './call-log.ts'
import type { Dice } from './dice.ts'

/** What one of the app's users does again and again. */
export interface Stream {
  /** From one time to the next, in milliseconds, a little more or less each time. */
  readonly everyMs: number
  act(client: Client): Promise<unknown>
}

/** Sends requests to the app and reads the whole answer. */
export interface Client {
  get(path: string): Promise<Answer>
  post(path: string, body?: object): Promise<Answer>
  readonly dice: Dice
}

export interface Answer {
  readonly status: number
  /** The answer's JSON; undefined when there was none, or no answer at all. */
  readonly body: Record<string, unknown> | undefined
}

/** Callers give up after this. It also bounds how many requests of a stream can be in flight. */
const TIMEOUT_MS = 20_000

interface FlowOptions {
  readonly url: string
  readonly dice: Dice
  /** Is told of each call when it is over. */
  readonly onCall: (call: Call) => void
}

/**
 * Lets all streams flow until the signal says stop. Requests are sent when they are due, however slow the answers
 * to earlier ones are (an open loop). Callers that wait for one answer before they send the next request would send
 * fewer of them while the app is slow, and so measure too little: coordinated omission.
 *
 * @returns when the last answer has come
 */
export async function flow(streams: readonly Stream[], options: FlowOptions, signal: AbortSignal): Promise<void> {
  await Promise.all(streams.map((stream) => run(stream, options, signal)))
}

async function run({ everyMs, act }: Stream, options: FlowOptions, signal: AbortSignal): Promise<void> {
  const unanswered = new Set<Promise<unknown>>()
  // From due time to due time: a timer that fires late delays one request, and not all after it.
  for (let due = performance.now(); !signal.aborted; due += everyMs * (0.8 + options.dice.number(0, 40) / 100)) {
    await pause(due - performance.now(), signal)
    if (signal.aborted) break
    const acting = act(clientOf(options, due)).finally(() => unanswered.delete(acting))
    unanswered.add(acting)
  }
  await Promise.all(unanswered)
}

/** Ends early, and well, when the signal says stop. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch((error: Error) => {
    if (error.name !== 'AbortError') throw error
  })
}

/**
 * One caller.
 *
 * @param due since when the first answer is waited for, on the clock of `performance.now()`. Each further request
 *   is due when the answer before it has come.
 */
export function clientOf({ url, dice, onCall }: FlowOptions, due = performance.now()): Client {
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
    dice,
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
    // The caller gives up and comes back; status 0 in the call log says so.
    return { answer: { status: 0, body: undefined }, requestId: undefined }
  }
}

/** `GET /v1/courses/:course_id`, as the log names the route. */
export function routeOf(method: string, path: string): string {
  const [pathname = ''] = path.split('?')
  return `${method} ${pathname.replace(/\/(course|booking)s\/[0-9a-f-]{36}/, '/$1s/:$1_id')}`
}
