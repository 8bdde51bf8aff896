import { count } from '../format.ts'
import { goOn } from '../server/live.ts'
import { arrived, pause, pausedAt } from '../server/pause.ts'
import { serverNow } from '../server/server-state.ts'

/** Pauses all views at once. What arrives meanwhile is counted, and shown afterwards. */
export function PauseButton() {
  const isPaused = pausedAt.value !== null
  const { lines, traces } = arrived.value
  return (
    <span class="pause">
      <button type="button" onClick={isPaused ? goOn : () => pause(serverNow())}>
        {isPaused ? 'Resume' : 'Pause'}
        <span class="visually-hidden"> all views</span>
      </button>
      {isPaused && (
        <small>
          {count(lines, 'new line')}
          {traces > 0 && `, ${count(traces, 'trace')}`}
        </small>
      )}
    </span>
  )
}
