import { effect, signal } from '@preact/signals'
import type { Story, Traces } from '../../wire.ts'
import { view } from '../location.ts'
import { openedStories, openedStory } from '../saved/saved-stories.ts'
import { sentRequests } from '../send/sent-requests.ts'
import { getJson } from '../server/api.ts'
import { state } from '../server/server-state.ts'

/** One of the two requests. */
export interface Side {
  readonly story?: Story
  readonly problem?: string
}

/** A request to compare with, and how the address names it. */
export interface Candidate {
  readonly reference: string
  readonly name: string
  readonly time: number
  readonly duration: number | undefined
}

/** Stories that the server was asked for, by their reference. */
const fetched = signal<ReadonlyMap<string, Side>>(new Map())

/** The latest traces. */
const latest = signal<readonly Candidate[]>([])

const MOST = 30
const FILE = 'file:'

/** How the address names a request: `trace:…` or `request:…`; `file:…` if it comes from a file. */
export function referenceOf({ trace_id, request_id }: Story): string | null {
  if (trace_id !== null) return `trace:${trace_id}`
  return request_id === null ? null : `request:${request_id}`
}

/** The request with this reference. Empty while it is being fetched. */
export function sideOf(reference: string): Side {
  if (reference.startsWith(FILE)) {
    const story = openedStory(reference.slice(FILE.length))
    return story ? { story } : { problem: 'It came from a file, which is not open here. Open the file again.' }
  }
  const sent = sentRequests.value.find(({ story }) => story && referenceOf(story) === reference)
  return sent?.story?.complete ? { story: sent.story } : (fetched.value.get(reference) ?? {})
}

/** Requests from files, those that this page has sent, and the latest traces. */
export function candidates(): readonly Candidate[] {
  const sent = sentRequests.value.flatMap(({ call, sentAt, answer, story }): Candidate[] => {
    const reference = story ? referenceOf(story) : null
    if (reference === null) return []
    return [{ reference, name: `${call.method} ${call.path}`, time: sentAt, duration: answer?.milliseconds }]
  })
  const files = openedStories().map(([id, { trace }]): Candidate => {
    const name = `${trace?.name ?? 'A request'} (file)`
    return { reference: FILE + id, name, time: trace?.start ?? 0, duration: trace?.duration }
  })
  const known = new Set(sent.map(({ reference }) => reference))
  return [...files, ...sent, ...latest.value.filter(({ reference }) => !known.has(reference))].slice(0, MOST)
}

/** Fetches what the address compares. */
export function loadComparison(): void {
  effect(() => {
    const now = view.value
    if (now.name !== 'compare' || state.value === null) return
    const sides = [now.query.get('a'), now.query.get('b')].filter((reference) => reference !== null)
    for (const reference of sides) load(reference)
    if (sides.length < 2) loadLatest()
  })
}

function load(reference: string): void {
  if (reference.startsWith(FILE) || fetched.peek().get(reference)?.story) return
  const colon = reference.indexOf(':')
  const query = { [`${reference.slice(0, colon)}_id`]: reference.slice(colon + 1) }
  const set = (side: Side) => {
    fetched.value = new Map([...fetched.value, [reference, side] as const].slice(-MOST))
  }
  getJson<Story>('story', query).then(
    (story) => set({ story }),
    ({ message }: Error) => set({ problem: message }),
  )
}

function loadLatest(): void {
  getJson<Traces>('traces', { limit: String(MOST) }).then(
    ({ traces }) => {
      latest.value = traces.map(({ trace_id, name, start, duration }) => ({
        reference: `trace:${trace_id}`,
        name,
        time: start,
        duration,
      }))
    },
    () => {}, // the header shows the connection's state
  )
}
