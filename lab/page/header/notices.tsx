import { connection, restartedFrom, state } from '../server/server-state.ts'
import { phaseFailure, switchingTo } from '../server/switch-phase.ts'

/** Restarts and outages of the server while the page was open. */
export function Notices() {
  const restarted = restartedFrom.value
  const isLive = connection.value === 'live'
  return (
    <div class="notices" role="alert">
      {connection.value === 'lost' && switchingTo.value === null && (
        <p class="notice problem">
          <strong>The server does not answer.</strong> If you have stopped it, start it again; this page is waiting and
          tries every second.
        </p>
      )}
      {isLive && phaseFailure.value && <PhaseFailure {...phaseFailure.value} />}
      {isLive && restarted && !restarted.isExpected && !phaseFailure.value && <Restarted from={restarted.phase} />}
    </div>
  )
}

function PhaseFailure({ phase, reason }: { readonly phase: number; readonly reason: string }) {
  const put = () => {
    phaseFailure.value = null
    restartedFrom.value = null
  }
  return (
    <div class="notice problem">
      <p>
        <strong>Phase {phase} did not start.</strong> The server runs in phase {state.value?.phase.number}. The reason:
      </p>
      <pre class="phase-failure">{reason}</pre>
      <button type="button" onClick={put}>
        OK
      </button>
    </div>
  )
}

function Restarted({ from }: { readonly from: number }) {
  const phase = state.value?.phase.number
  const put = () => {
    restartedFrom.value = null
  }
  return (
    <p class="notice">
      <strong>The server was started again{phase === from ? '' : `, now in phase ${phase}`}.</strong> It remembers
      nothing from before: logs, metrics and traces begin anew. The stories that you have opened are still here.{' '}
      <button type="button" onClick={put}>
        OK
      </button>
    </p>
  )
}
