import { useSignal } from '@preact/signals'
import type { PhaseSummary } from '../../wire.ts'
import { CopyButton } from '../copy-button.tsx'
import { isCourse, state } from '../server/server-state.ts'
import { canSwitch, switchingTo, switchPhase } from '../server/switch-phase.ts'

const BARE_SERVER: PhaseSummary = {
  number: 0,
  title: 'Bare server',
  adds: 'The server works, and tells you nothing.',
  folder: 'src',
}

/**
 * The phases as steps. Where the server can restart in another phase, a step does that, and shows what the phase adds
 * while it has the focus or the pointer. Elsewhere a step shows it when it is selected.
 */
export function PhaseSteps() {
  const chosen = useSignal<number | null>(null)
  const now = state.value
  if (now === null) return null
  const running = now.phase.number
  const phases = canSwitch.value ? [BARE_SERVER, ...now.phases] : now.phases
  const shown = phases.find(({ number }) => number === (chosen.value ?? running))
  const choose = (number: number | null) => () => {
    chosen.value = number
  }
  return (
    <nav class="phases" aria-label="Phases of the course">
      <ol>
        {phases.map((phase) => {
          const { number } = phase
          const starts = { 'aria-disabled': switchingTo.value !== null, onClick: () => void switchPhase(number) }
          const preview = {
            onFocus: choose(number),
            onBlur: choose(null),
            onPointerEnter: choose(number),
            onPointerLeave: choose(null),
          }
          return (
            <li key={number} class={standing(phase, running)}>
              <button
                type="button"
                aria-current={number === running ? 'step' : undefined}
                {...(canSwitch.value
                  ? { ...starts, ...preview }
                  : { 'aria-pressed': phase === shown, onClick: choose(number) })}
              >
                <span class="phase-number">{number}</span>
                <span class="phase-title">{shortTitle(phase)}</span>
              </button>
            </li>
          )
        })}
      </ol>
      <p class="phase-adds" aria-live="polite">
        {switchingTo.value !== null ? (
          <strong>Starting phase {switchingTo.value} …</strong>
        ) : shown ? (
          <Adds phase={shown} running={running} />
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
      {isCourse.value && !canSwitch.value && phase.number !== running && (
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
