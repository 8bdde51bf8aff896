import { signal } from '@preact/signals'
import type { DrillEntry, DrillEvent, DrillStatus } from '../../drill-wire.ts'
import { post } from '../server/api.ts'
import { followEvents } from './follow-events.ts'
import { loadProgress } from './learn-progress.ts'

/** The drill of this server, the last one when it is over; null before the first. */
export const drill = signal<DrillStatus | null>(null)

/** What was said in it. */
export const drillEntries = signal<readonly DrillEntry[]>([])

/** Follows the drill while a view shows it. @returns ends it */
export function followDrill(): () => void {
  return followEvents<DrillEvent>('drill/events', 'drill', ({ status, entries, whole }) => {
    if (status?.stage !== drill.value?.stage) void loadProgress()
    drill.value = status
    if (whole || entries.length > 0) drillEntries.value = whole ? entries : [...drillEntries.value, ...entries]
  })
}

/** Types a line: an answer, or a command. */
export function say(line: string): Promise<unknown> {
  return post('learn/drill/say', { line })
}

export function endDrill(): Promise<unknown> {
  return post('learn/drill/stop')
}
