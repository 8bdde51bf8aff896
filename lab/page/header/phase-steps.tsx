import { useSignal } from '@preact/signals'
import type { PhaseSummary } from '../../wire.ts'
import { CopyButton } from '../copy-button.tsx'
import { isCourse, state } from '../server/server-state.ts'

/** The five phases as steps. The selected one shows what it adds; initially it is the running one. */
export function PhaseSteps() {
  const chosen = useSignal<number | null>(null)
  const now = state.value
  if (now === null) return null
  const shown = now.phases.find(({ number }) => number === (chosen.value ?? now.phase.number))
  return (
    <nav class="phases" aria-label="Phases of the course">
      <ol>
        {now.phases.map((phase) => (
          <li key={phase.number} class={standing(phase, now.phase.number)}>
            <button
              type="button"
              aria-current={phase.number === now.phase.number ? 'step' : undefined}
              aria-pressed={phase === shown}
              onClick={() => {
                chosen.value = phase.number
              }}
            >
              <span class="phase-number">{phase.number}</span>
              <span class="phase-title">{shortTitle(phase)}</span>
            </button>
          </li>
        ))}
      </ol>
      <p class="phase-adds" aria-live="polite">
        {shown ? (
          <Adds phase={shown} running={now.phase.number} />
        ) : (
          'Phase 0 is the bare server: it works, and tells you nothing.'
        )}
      </p>
    </nav>
  )
}

function Adds({ phase, running }: { readonly phase: PhaseSummary; readonly running: number }) {
  const command = `npm run phase:${phase.number}`
  return (
    <>
      <strong>
        {phase.number === running ? 'Running now: phase' : 'Phase'} {phase.number}.
      </strong>{' '}
      {phase.adds} {isCourse.value && <code>{phase.folder}</code>}
      {isCourse.value && phase.number !== running && (
        <span class="phase-start">
          Start it with <code>{command}</code> <CopyButton text={command} what={command} />
        </span>
      )}
    </>
  )
}

function standing(phase: PhaseSummary, running: number): string {
  if (phase.number === running) return 'running'
  return phase.number < running ? 'included' : 'later'
}

/** Shortens "Metrics with Prometheus" to "Metrics": a step has little room, and the full title is below. */
function shortTitle({ title }: PhaseSummary): string {
  const [first = title] = title.split(' with ')
  return first
}
