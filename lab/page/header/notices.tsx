import { connection, restartedFrom, state } from '../server/server-state.ts'

/** Restarts and outages of the server while the page was open. */
export function Notices() {
  return (
    <div class="notices" role="alert">
      {connection.value === 'lost' && (
        <p class="notice problem">
          <strong>The server does not answer.</strong> If you have stopped it, start it again; this page is waiting and
          tries every second.
        </p>
      )}
      {restartedFrom.value !== null && connection.value === 'live' && <Restarted from={restartedFrom.value.phase} />}
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
