import { quoted } from '../../filter/filter.ts'
import type { Story } from '../../wire.ts'
import { referenceOf } from '../compare/compared-stories.ts'
import { CopyButton } from '../copy-button.tsx'
import { clock, duration } from '../format.ts'
import { addresses, view } from '../location.ts'
import { OpenFile } from '../saved/open-file.tsx'
import { saveFile } from '../saved/saved-stories.ts'
import { curlOf } from '../send/curl.ts'
import { JOURNEY_STEPS } from '../send/journey.ts'
import { type Sent, sentRequests } from '../send/sent-requests.ts'
import { has, state } from '../server/server-state.ts'
import { StatusBadge } from '../status-badge.tsx'
import { Answer } from './answer.tsx'
import { findingOf } from './finding.ts'
import type { SelectedStory } from './selected-story.ts'

/** Requests from this duration on count as slow. */
const SLOW_MS = 100

/** The request, its answer, and the findings. */
export function StoryHeading({ selected }: { readonly selected: SelectedStory }) {
  const { sent, story } = selected
  const end = story?.lines.findLast(
    ({ fields }) => fields.status !== undefined && fields.service === state.value?.service,
  )
  const status = sent?.answer?.status ?? story?.trace?.http_status ?? end?.fields.status
  // Prefers the server's measurement, because the browser's includes the network.
  const milliseconds = story?.trace?.duration ?? end?.fields.latency ?? sent?.answer?.milliseconds
  const title = sent ? `${sent.call.method} ${sent.call.path}` : (story?.trace?.name ?? 'A request')
  return (
    <header class="story-heading">
      {sent?.journey && <JourneySteps journey={sent.journey} current={sent.requestId} />}
      <div class="story-title">
        <h2 id="story-title">{title}</h2>
        {status !== undefined && <StatusBadge status={status} />}
        {milliseconds !== undefined && <span class="story-time">{duration(milliseconds)}</span>}
      </div>
      <div aria-live="polite">
        <Findings story={story} milliseconds={milliseconds} />
      </div>
      <dl class="ids">
        {sent && (
          <div>
            <dt>sent at</dt>
            <dd>{clock(sent.sentAt)}</dd>
          </div>
        )}
        <Id name="request_id" value={has('request_ids') ? (story?.request_id ?? null) : null} />
        <Id name="trace_id" value={story?.trace_id ?? null} />
        {sent && (
          <div>
            <dt>in a terminal</dt>
            <dd>
              <code>{curlOf(sent.call)}</code> <CopyButton text={curlOf(sent.call)} what="curl command" />
            </dd>
          </div>
        )}
      </dl>
      <StoryActions story={story} />
      {sent?.answer && <Answer body={sent.answer.body} />}
    </header>
  )
}

function StoryActions({ story }: { readonly story: Story | undefined }) {
  if (!story) return null
  const now = view.value
  const reference = now.name === 'file' ? `file:${now.id}` : referenceOf(story)
  return (
    <p class="story-actions">
      {reference !== null && <a href={addresses.compare(reference)}>Compare with another request</a>}
      <button type="button" onClick={() => saveFile(story)}>
        Save as a file
      </button>
      <OpenFile />
    </p>
  )
}

interface FindingsProps {
  readonly story: Story | undefined
  readonly milliseconds: number | undefined
}

function Findings({ story, milliseconds = 0 }: FindingsProps) {
  if (!story) return null
  const finding = findingOf(story)
  if (finding) {
    return (
      <div class="finding">
        {finding.failure && <p class="failure">{finding.failure}</p>}
        <p>{finding.time}</p>
      </div>
    )
  }
  if (milliseconds < SLOW_MS || has('traces')) return null
  return <p class="finding">It took {duration(milliseconds)}. What took so long? From phase 4 on, a trace tells.</p>
}

function Id({ name, value }: { readonly name: 'request_id' | 'trace_id'; readonly value: string | null }) {
  if (value === null) return null
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <a
          href={addresses.logs({ filter: `${name}=${quoted(value)}` })}
          title={`Log lines with this ${name}`}
          data-testid={name}
        >
          {value}
        </a>{' '}
        <CopyButton text={value} what={name} />
      </dd>
    </div>
  )
}

interface JourneyStepsProps {
  readonly journey: NonNullable<Sent['journey']>
  readonly current: string
}

/** The four requests of a journey, each a link to its story. */
function JourneySteps({ journey, current }: JourneyStepsProps) {
  const sent = sentRequests.value.filter((request) => request.journey?.id === journey.id)
  return (
    <nav class="journey" aria-label="Steps of the booking">
      <ol>
        {JOURNEY_STEPS.map((step) => {
          const request = sent.find((candidate) => candidate.journey?.step === step)
          return (
            <li key={step}>
              {request ? (
                <a
                  href={addresses.request(request.requestId)}
                  aria-current={request.requestId === current ? 'page' : undefined}
                >
                  {step} {request.answer && <StatusBadge status={request.answer.status} />}
                </a>
              ) : (
                <span>{step}</span>
              )}
            </li>
          )
        })}
      </ol>
    </nav>
  )
}
