import { setTimeout as delay } from 'node:timers/promises'
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

/** A stream that is not answered does not pile up more than this. */
const MAX_UNANSWERED = 5
const TIMEOUT_MS = 20_000

/**
 * Lets all streams flow until the signal says stop.
 *
 * @returns when the last answer has come
 */
export async function flow(url: string, streams: readonly Stream[], dice: Dice, signal: AbortSignal): Promise<void> {
  const client = clientOf(url, dice)
  await Promise.all(streams.map((stream) => run(stream, client, signal)))
}

async function run({ everyMs, act }: Stream, client: Client, signal: AbortSignal): Promise<void> {
  const unanswered = new Set<Promise<unknown>>()
  while (!signal.aborted) {
    if (unanswered.size < MAX_UNANSWERED) {
      const acting = act(client).finally(() => unanswered.delete(acting))
      unanswered.add(acting)
    }
    await pause(everyMs * (0.8 + client.dice.number(0, 40) / 100), signal)
  }
  await Promise.all(unanswered)
}

/** Ends early, and well, when the signal says stop. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch((error: Error) => {
    if (error.name !== 'AbortError') throw error
  })
}

export function clientOf(url: string, dice: Dice): Client {
  async function send(path: string, init: RequestInit): Promise<Answer> {
    try {
      const response = await fetch(url + path, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) })
      const text = await response.text()
      const isJson = response.headers.get('content-type')?.includes('json') === true
      return { status: response.status, body: isJson ? (JSON.parse(text) as Answer['body']) : undefined }
    } catch {
      // Users give up and come back; what is wrong with the app is for its telemetry to say.
      return { status: 0, body: undefined }
    }
  }
  return {
    dice,
    get: (path) => send(path, {}),
    post: (path, body) =>
      send(path, {
        method: 'POST',
        ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}),
      }),
  }
}
