import type { ComponentChildren } from 'preact'
import type { Panel } from '../wire.ts'
import { CopyButton } from './copy-button.tsx'
import { has, isCourse, state } from './server/server-state.ts'

/** What a panel shows in a phase that does not have it yet: which one brings it, and in the course how to start that. */
export function Coming({ panel, what }: { readonly panel: Panel; readonly what: string }) {
  const number = state.value?.panel_phase[panel]
  const phase = state.value?.phases.find((candidate) => candidate.number === number)
  if (number === undefined || phase === undefined) return null
  const command = `npm run phase:${number}`
  return (
    <div class="coming">
      <p>
        <strong>
          {what} with phase {number}: {phase.title}.
        </strong>
      </p>
      {isCourse.value && (
        <p>
          Stop the server with Ctrl-C and start <code>{command}</code> <CopyButton text={command} what={command} />
        </p>
      )}
    </div>
  )
}

/** Its children in the phases that have the panel, else what to do to have it. */
export function From(props: { readonly panel: Panel; readonly what: string; readonly children: ComponentChildren }) {
  return has(props.panel) ? props.children : <Coming panel={props.panel} what={props.what} />
}
