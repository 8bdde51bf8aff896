import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { LogLine } from '../../wire.ts'
import { count } from '../format.ts'
import { shownLines } from './log-filter.ts'

/** Reading out every line would be a flood; so what has come is told this often. */
const EVERY_MS = 5000

/** Tells a screen reader what the tail shows: how many lines have come, and the newest of them. */
export function LogAnnouncer() {
  const told = useSignal('')
  useEffect(() => {
    let last = shownLines.peek().at(-1)?.seq ?? 0
    const timer = setInterval(() => {
      const news = shownLines.peek().filter(({ seq }) => seq > last)
      const newest = news.at(-1)
      if (!newest) return
      last = newest.seq
      told.value = `${count(news.length, 'new line')}. Newest: ${inWords(newest)}`
    }, EVERY_MS)
    return () => clearInterval(timer)
  }, [])
  return (
    <p class="visually-hidden" aria-live="polite">
      {told.value}
    </p>
  )
}

function inWords({ fields, raw }: LogLine): string {
  const { level, message, method, path, status } = fields
  if (message === undefined) return raw
  return [level, message, method, path, status].filter((part) => part !== undefined).join(' ')
}
