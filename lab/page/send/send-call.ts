import type { Mark, Story } from '../../wire.ts'
import { addresses, go } from '../location.ts'
import { getJson, post } from '../server/api.ts'
import { has } from '../server/server-state.ts'
import type { Call } from './endpoints.ts'
import { addSent, type Sent, updateSent } from './sent-requests.ts'

/** The server answers with a story when it is complete or after a timeout; an incomplete one is fetched again. */
const STORY_ATTEMPTS = 4

/**
 * Sends a request between two marks, then fetches and shows its story.
 *
 * @param journey groups the requests of one journey
 * @returns the body of a successful answer, otherwise undefined
 */
export async function sendCall(call: Call, journey?: Sent['journey']): Promise<string | undefined> {
  const requestId = newRequestId()
  addSent({ requestId, call, journey, sentAt: Date.now() })
  go(addresses.request(requestId))
  try {
    const before = await post<Mark>('marks')
    const answer = await exchange(call, requestId)
    updateSent(requestId, { answer })
    const after = await post<Mark>('marks')
    const between = { before: before.mark_id, after: after.mark_id }
    // Without request ids, lines are found only by time.
    const ownStory = has('request_ids') ? { request_id: requestId, ...between } : between
    followStory(requestId, ownStory)
    return answer.status < 400 ? answer.body : undefined
  } catch (error) {
    updateSent(requestId, { problem: (error as Error).message })
    return undefined
  }
}

/** Fetches the story of a request that has been answered, to be shown. */
export function followStory(requestId: string, query: Readonly<Record<string, string>>): void {
  updateSent(requestId, { storyQuery: query })
  loadStory(requestId, query).catch((error: Error) => updateSent(requestId, { problem: error.message }))
}

/** Fetches a story until it is complete. Spans of another process may arrive even later: see `loadSelectedStory`. */
async function loadStory(requestId: string, query: Readonly<Record<string, string>>): Promise<void> {
  for (let attempt = 0; attempt < STORY_ATTEMPTS; attempt++) {
    const story = await getJson<Story>('story', query)
    updateSent(requestId, { story })
    if (story.complete) return
  }
}

async function exchange(call: Call, requestId: string): Promise<NonNullable<Sent['answer']>> {
  const started = performance.now()
  const headers: Record<string, string> = { ...call.headers, 'x-request-id': requestId }
  if (call.body !== undefined) headers['content-type'] = 'application/json'
  const body = call.body === undefined ? undefined : JSON.stringify(call.body)
  let response: Response
  try {
    response = await fetch(call.path, { method: call.method, headers, body, cache: 'no-store' })
  } catch {
    throw new Error('The server does not answer. Is it still running?')
  }
  const text = await response.text()
  return { status: response.status, milliseconds: performance.now() - started, body: text }
}

/** Traces of requests with this prefix are kept longest. `crypto.randomUUID` is missing over plain HTTP, except locally. */
export function newRequestId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8))
  return `lab-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`
}
