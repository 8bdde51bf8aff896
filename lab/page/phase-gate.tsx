import type { ComponentChildren } from 'preact'
import type { Panel } from '../wire.ts'
import { CopyButton } from './copy-button.tsx'
import { has, isCourse, state } from './server/server-state.ts'
import { canSwitch, switchingTo, switchPhase } from './server/switch-phase.ts'

/** The text of a panel that the running phase lacks: which phase adds it, and in the course how to start that phase. */
export function PhaseNotice({ panel, what }: { readonly panel: Panel; readonly what: string }) {
  const number = state.value?.panel_phase[panel]
  const phase = state.value?.phases.find((candidate) => candidate.number === number)
  if (number === undefined || phase === undefined) return null
  const command = `npm run phase:${number}`
  return (
    <div class="phase-notice">
      <p>
        <strong>
          {what} with phase {number}: {phase.title}.
        </strong>
      </p>
      {canSwitch.value && (
        <button type="button" aria-disabled={switchingTo.value !== null} onClick={() => void switchPhase(number)}>
          {switchingTo.value === null ? `Start phase ${number}` : `Starting phase ${switchingTo.value} …`}
        </button>
      )}
      {isCourse.value && !canSwitch.value && (
        <p>
          Stop the server with Ctrl-C and start <code>{command}</code> <CopyButton text={command} what={command} />
        </p>
      )}
    </div>
  )
}

/** Shows its children in phases that have the panel, otherwise a notice. */
export function PhaseGate(props: {
  readonly panel: Panel
  readonly what: string
  readonly children: ComponentChildren
}) {
  return has(props.panel) ? props.children : <PhaseNotice panel={props.panel} what={props.what} />
}
