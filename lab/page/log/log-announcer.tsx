import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { LogLine } from '../../wire.ts'
import { count } from '../format.ts'
import { shownLines } from './log-filter.ts'

/** Announcing every line would be too much for a screen reader, so new lines are summarized at this interval. */
const EVERY_MS = 5000

/** Announces to screen readers the number of new lines and the newest one. */
export function LogAnnouncer() {
  const announcement = useSignal('')
  useEffect(() => {
    let last = shownLines.peek().at(-1)?.seq ?? 0
    const timer = setInterval(() => {
      const added = shownLines.peek().filter(({ seq }) => seq > last)
      const newest = added.at(-1)
      if (!newest) return
      last = newest.seq
      announcement.value = `${count(added.length, 'new line')}. Newest: ${inWords(newest)}`
    }, EVERY_MS)
    return () => clearInterval(timer)
  }, [])
  return (
    <p class="visually-hidden" aria-live="polite">
      {announcement.value}
    </p>
  )
}

function inWords({ fields, raw }: LogLine): string {
  const { level, message, method, path, status } = fields
  if (message === undefined) return raw
  return [level, message, method, path, status].filter((part) => part !== undefined).join(' ')
}
