import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { DrillStatus } from '../../drill-wire.ts'

/** The time since the pager went off, until the debrief. */
export function DrillClock({ status: { paged_at, ended_at, stage } }: { readonly status: DrillStatus }) {
  const now = useSignal(Date.now())
  const isRunning = paged_at !== undefined && ended_at === undefined && stage !== 'ended'
  useEffect(() => {
    if (!isRunning) return
    const timer = setInterval(() => {
      now.value = Date.now()
    }, 1000)
    return () => clearInterval(timer)
  }, [isRunning])

  if (paged_at === undefined) return null
  return (
    <span class="drill-clock" role="timer" aria-label="Time since the pager went off">
      {minutes((ended_at ?? now.value) - paged_at)}
    </span>
  )
}

/** 3:07 */
function minutes(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
