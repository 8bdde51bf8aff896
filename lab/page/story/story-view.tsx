import { useEffect } from 'preact/hooks'
import type { Story } from '../../wire.ts'
import { From } from '../coming.tsx'
import { has } from '../server/server-state.ts'
import { StoryHeading } from './story-heading.tsx'
import { StoryLines } from './story-lines.tsx'
import { StoryMetrics } from './story-metrics.tsx'
import { StoryTrace } from './story-trace.tsx'
import { toldStory } from './told-story.ts'
import { Welcome } from './welcome.tsx'

/** One request, seen in its trace, its log lines and the metrics that it moved, beside each other. */
export function StoryView() {
  const told = toldStory()
  useStoryInSight(told?.sent?.requestId)
  if (told === null) return <Welcome />
  const { story, problem } = told
  return (
    <article class="story" aria-labelledby="story-title">
      <StoryHeading told={told} />
      {problem && !story && (
        <p class="notice problem" role="alert">
          {problem}
        </p>
      )}
      {!problem && !story && <p class="waiting">Collecting what the server tells about it …</p>}
      {story && <Panels story={story} />}
    </article>
  )
}

/** On a narrow screen the story is far below the button that was pressed for it. */
function useStoryInSight(requestId: string | undefined): void {
  useEffect(() => {
    if (requestId !== undefined && matchMedia('(max-width: 900px)').matches)
      document.getElementById('main')?.scrollIntoView()
  }, [requestId])
}

function Panels({ story }: { readonly story: Story }) {
  return (
    <div class={`story-panels ${has('traces') ? 'with-trace' : 'without-trace'}`}>
      <section class="panel story-trace" aria-labelledby="story-trace-title">
        <h3 id="story-trace-title">
          Trace <small>where the time went in this one request</small>
        </h3>
        <From panel="traces" what="The trace comes">
          <StoryTrace story={story} />
        </From>
      </section>
      <section class="panel story-logs" aria-labelledby="story-logs-title">
        <h3 id="story-logs-title">
          Log lines <small>what happened, in words</small>
        </h3>
        <From panel="logs" what="Log lines come">
          <StoryLines story={story} />
        </From>
      </section>
      <section class="panel story-metrics" aria-labelledby="story-metrics-title">
        <h3 id="story-metrics-title">
          Metrics <small>which counts it moved, over all requests</small>
        </h3>
        <From panel="metrics" what="Metrics come">
          <StoryMetrics story={story} />
        </From>
      </section>
    </div>
  )
}
