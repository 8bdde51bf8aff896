import { useEffect, useRef } from 'preact/hooks'
import type { DrillStatus } from '../../drill-wire.ts'
import { say } from './drill-state.ts'
import { FileLink } from './file-link.tsx'

/** From the symptom to the cause, and how it was found. */
export function DrillDebrief(props: {
  readonly status: DrillStatus
  readonly run: (work: () => Promise<unknown>) => void
}) {
  const { debrief, summary, postmortem, stage, seed, incident } = props.status
  const heading = useRef<HTMLHeadingElement>(null)
  const isOver = debrief !== undefined
  const wasOver = useRef(isOver)
  // The form that had the focus is gone.
  useEffect(() => {
    if (isOver && !wasOver.current) heading.current?.focus()
    wasOver.current = isOver
  }, [isOver])
  if (!isOver) return null
  return (
    <section class="panel drill-debrief" aria-labelledby="debrief-title">
      <h3 id="debrief-title" ref={heading} tabIndex={-1}>
        Debrief
      </h3>
      <p role="status">{summary}</p>
      <pre>{debrief}</pre>
      <p class="hint">
        The same once more: <code>{`npm run drill -- ${incident} --seed ${seed}`}</code>
      </p>
      {stage === 'debrief' && (
        <button type="button" onClick={() => props.run(() => say('postmortem'))}>
          Write a postmortem
        </button>
      )}
      {postmortem && (
        <p role="status">
          It has what you found, and the times. Fill in the rest: <FileLink file="postmortem.md" path={postmortem} />
        </p>
      )}
    </section>
  )
}
