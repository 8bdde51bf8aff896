import { useEffect } from 'preact/hooks'
import type { Story } from '../../wire.ts'
import { PhaseGate } from '../phase-gate.tsx'
import { has } from '../server/server-state.ts'
import { selectedStory } from './selected-story.ts'
import { StoryHeading } from './story-heading.tsx'
import { StoryLines } from './story-lines.tsx'
import { StoryMetrics } from './story-metrics.tsx'
import { StoryTrace } from './story-trace.tsx'
import { Welcome } from './welcome.tsx'

/** One request: its trace, its log lines and the metrics that it changed, side by side. */
export function StoryView() {
  const selected = selectedStory()
  useStoryInSight(selected?.sent?.requestId)
  if (selected === null) return <Welcome />
  const { story, problem } = selected
  return (
    <article class="story" aria-labelledby="story-title">
      <StoryHeading selected={selected} />
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

/** Scrolls to the story, which on a narrow screen is far below the pressed button. */
function useStoryInSight(requestId: string | undefined): void {
  useEffect(() => {
    if (requestId !== undefined && matchMedia('(max-width: 900px)').matches)
      document.getElementById('main')?.scrollIntoView()
  }, [requestId])
}

function Panels({ story }: { readonly story: Story }) {
  return (
    <div class={`story-panels ${story.trace || has('traces') ? 'with-trace' : 'without-trace'}`}>
      <section class="panel story-trace" aria-labelledby="story-trace-title">
        <h3 id="story-trace-title">
          Trace <small>where the time went in this one request</small>
        </h3>
        {story.trace ? (
          <StoryTrace story={story} />
        ) : (
          <PhaseGate panel="traces" what="The trace comes">
            <StoryTrace story={story} />
          </PhaseGate>
        )}
      </section>
      <section class="panel story-logs" aria-labelledby="story-logs-title">
        <h3 id="story-logs-title">
          Log lines <small>what happened, in words</small>
        </h3>
        <PhaseGate panel="logs" what="Log lines come">
          <StoryLines story={story} />
        </PhaseGate>
      </section>
      <section class="panel story-metrics" aria-labelledby="story-metrics-title">
        <h3 id="story-metrics-title">
          Metrics <small>which counts it moved, over all requests</small>
        </h3>
        <PhaseGate panel="metrics" what="Metrics come">
          <StoryMetrics story={story} />
        </PhaseGate>
      </section>
    </div>
  )
}
