import { effect, signal, untracked } from '@preact/signals'
import type { Story, TraceSummary } from '../../wire.ts'
import { view } from '../location.ts'
import { openedStory } from '../saved/saved-stories.ts'
import { type Sent, sentRequests, updateSent } from '../send/sent-requests.ts'
import { getJson } from '../server/api.ts'
import { changedTraces } from '../server/changed-traces.ts'

/** The story on the page: of a request that the page has sent, or of any other request. */
export interface SelectedStory {
  readonly sent?: Sent
  readonly story?: Story
  readonly problem?: string
}

type Query = Readonly<Record<string, string>>

/** The story of a request from another client. */
const found = signal<{ readonly key: string; readonly story?: Story; readonly problem?: string } | null>(null)

/** null while no request is selected. */
export function selectedStory(): SelectedStory | null {
  const now = view.value
  if (now.name === 'file') return openedFile(now.id)
  const query = chosen()
  if (query === null) return null
  const sent = sentOne(query)
  if (sent) return { sent, story: sent.story, problem: sent.problem }
  return found.value?.key === keyOf(query) ? found.value : {}
}

function openedFile(id: string): SelectedStory {
  const story = openedStory(id)
  return story ? { story } : { problem: 'This story came from a file, which is not open here. Open the file again.' }
}

/** Keeps `selectedStory` current: fetches the selected story, and again when its trace gets more spans. */
export function loadSelectedStory(): void {
  effect(() => {
    const query = chosen()
    if (query !== null && !untracked(() => sentOne(query))) load(query)
  })
  effect(() => {
    const changed = changedTraces.value
    untracked(() => refresh(changed))
  })
}

function refresh(changed: readonly TraceSummary[]): void {
  const query = chosen()
  const { story, sent } = selectedStory() ?? {}
  if (query === null || !story?.trace_id) return
  const change = changed.findLast(({ trace_id }) => trace_id === story.trace_id)
  if (!change || change.spans <= (story.trace?.spans ?? 0)) return
  if (!sent) load(query)
  else if (sent.storyQuery) loadAgain(sent.requestId, sent.storyQuery, story)
}

function load(query: Query): void {
  const key = keyOf(query)
  getJson<Story>('story', query).then(
    (story) => {
      found.value = { key, story }
    },
    ({ message }: Error) => {
      if (found.value?.key !== key) found.value = { key, problem: message }
    },
  )
}

/** Keeps the metrics of an earlier answer, because the server drops old marks. */
function withReadings(changed: Story, before: Story): Story {
  return changed.metrics?.readings === null ? { ...changed, metrics: before.metrics } : changed
}

function loadAgain(requestId: string, query: Query, before: Story): void {
  getJson<Story>('story', query).then(
    (story) => updateSent(requestId, { story: withReadings(story, before) }),
    ({ message }: Error) => updateSent(requestId, { problem: message }),
  )
}

function chosen(): Query | null {
  const now = view.value
  if (now.name === 'trace') return { trace_id: now.traceId }
  if (now.name === 'request' && now.requestId !== null) return { request_id: now.requestId }
  return null
}

function sentOne(query: Query): Sent | undefined {
  return sentRequests.value.find(({ requestId }) => requestId === query.request_id)
}

function keyOf(query: Query): string {
  return new URLSearchParams(query).toString()
}
