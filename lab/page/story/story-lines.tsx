import type { Story } from '../../wire.ts'
import { LEVELS } from '../log/levels.ts'
import { has, isCourse, state } from '../server/server-state.ts'
import { StoryLine } from './story-line.tsx'

/** The log lines of a request. */
export function StoryLines({ story }: { readonly story: Story }) {
  const { lines } = story
  return (
    <>
      {story.found_by === 'window' && lines.length > 0 && (
        <p class="hint">
          {has('request_ids')
            ? 'All lines between sending the request and its answer.'
            : 'Phase 1 has no request ids, so these are all lines between sending the request and its answer, whosever they are.'}
        </p>
      )}
      {lines.length === 0 && <NoLines />}
      <ol class="story-lines">
        {lines.map((line) => (
          <StoryLine key={line.seq} line={line} withService={severalServices(story)} />
        ))}
      </ol>
      <LevelHint />
    </>
  )
}

function NoLines() {
  return (
    <p class="hint">
      {has('request_ids')
        ? 'No line of it is here. Its level is below LOG_LEVEL, or it was too long ago.'
        : 'It left no line. From phase 2 on, every request leaves one.'}
    </p>
  )
}

function LevelHint() {
  const level = state.value?.log_level ?? 'info'
  if (LEVELS.indexOf(level) <= LEVELS.indexOf('debug')) return null
  return (
    <p class="hint">
      The server logs from level {level} up. Start it with{' '}
      <code>{isCourse.value ? `LOG_LEVEL=debug npm run phase:${state.value?.phase.number}` : 'LOG_LEVEL=debug'}</code>{' '}
      to see a line for every step and SQL statement too.
    </p>
  )
}

function severalServices({ lines }: Story): boolean {
  return new Set(lines.map(({ fields }) => fields.service)).size > 1
}
