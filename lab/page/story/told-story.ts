import { effect, signal, untracked } from '@preact/signals'
import type { Story, TraceSummary } from '../../wire.ts'
import { view } from '../location.ts'
import { type Sent, sentRequests, updateSent } from '../send/sent-requests.ts'
import { getJson } from '../server/api.ts'
import { traceNews } from '../server/trace-news.ts'

/** The story that the page shows: of a request that it has sent, or of any other that the server knows. */
export interface ToldStory {
  readonly sent?: Sent
  readonly story?: Story
  readonly problem?: string
}

type Query = Readonly<Record<string, string>>

/** The story of a request that this page has not sent. */
const found = signal<{ readonly key: string; readonly story?: Story; readonly problem?: string } | null>(null)

/** null while no request has been chosen. */
export function toldStory(): ToldStory | null {
  const query = chosen()
  if (query === null) return null
  const sent = sentOne(query)
  if (sent) return { sent, story: sent.story, problem: sent.problem }
  return found.value?.key === keyOf(query) ? found.value : {}
}

/** Keeps `toldStory` up to date: asks for what is chosen, and again when its trace has got more spans. */
export function followStories(): void {
  effect(() => {
    const query = chosen()
    if (query !== null && !untracked(() => sentOne(query))) load(query)
  })
  effect(() => {
    const news = traceNews.value
    untracked(() => refresh(news))
  })
}

function refresh(news: readonly TraceSummary[]): void {
  const query = chosen()
  const { story, sent } = toldStory() ?? {}
  if (query === null || !story?.trace_id) return
  const change = news.findLast(({ trace_id }) => trace_id === story.trace_id)
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

/** The server forgets marks, and with them what the metrics were before; this page need not. */
function withReadings(news: Story, before: Story): Story {
  return news.metrics?.readings === null ? { ...news, metrics: before.metrics } : news
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
