import { useSignal } from '@preact/signals'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import type { LogLine } from '../../wire.ts'
import { clock } from '../format.ts'
import { LevelBadge } from './level-badge.tsx'
import { frozen, shownLines, stopTail } from './log-filter.ts'
import { requestOf } from './request-of.ts'

/** As in the style sheet. A fixed height allows rendering only the visible rows. */
const ROW_PX = 26
const ROWS_AROUND = 10
/** Scrolling up by more than this stops the tail. */
const AT_END_PX = 2 * ROW_PX

interface LogListProps {
  /** The `seq` of the line shown in detail. */
  readonly chosen: number | null
  readonly onChoose: (line: LogLine) => void
}

/**
 * The tail. It follows the newest line until the user stops it, scrolls up or selects a line. A list box, so that
 * thousands of lines are a single tab stop for the keyboard.
 */
export function LogList({ chosen, onChoose }: LogListProps) {
  const box = useRef<HTMLDivElement>(null)
  const top = useSignal(0)
  const height = useSignal(600)
  const lines = shownLines.value
  const follows = frozen.value === null

  useEffect(() => {
    const element = box.current
    if (!element) return
    const observer = new ResizeObserver(() => {
      height.value = element.clientHeight
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  useLayoutEffect(() => {
    const element = box.current
    if (element && follows) element.scrollTop = element.scrollHeight
  }, [lines, follows, height.value])

  const onScroll = () => {
    const element = box.current
    if (!element) return
    top.value = element.scrollTop
    const toEnd = element.scrollHeight - element.clientHeight - element.scrollTop
    if (toEnd > AT_END_PX) stopTail()
  }
  const choose = (index: number) => {
    const line = lines[Math.max(0, Math.min(lines.length - 1, index))]
    if (!line) return
    stopTail()
    onChoose(line)
    reveal(box.current, Math.max(0, Math.min(lines.length - 1, index)))
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const now = lines.findIndex(({ seq }) => seq === chosen)
    const target = targetOf(event.key, now === -1 ? lines.length : now, lines.length, Math.floor(height.value / ROW_PX))
    if (target === undefined) return
    event.preventDefault()
    choose(target)
  }

  const first = Math.max(0, Math.floor(top.value / ROW_PX) - ROWS_AROUND)
  const inSight = lines.slice(first, first + Math.ceil(height.value / ROW_PX) + 2 * ROWS_AROUND)
  return (
    <div
      class="log-list"
      ref={box}
      role="listbox"
      tabIndex={0}
      aria-label="Log lines"
      aria-activedescendant={inSight.some(({ seq }) => seq === chosen) ? `line-${chosen}` : undefined}
      onScroll={onScroll}
      onKeyDown={onKeyDown}
    >
      <div class="log-rows" role="presentation" style={{ height: `${lines.length * ROW_PX}px` }}>
        {inSight.map((line, index) => (
          <LogRow
            key={line.seq}
            line={line}
            place={first + index}
            total={lines.length}
            isChosen={line.seq === chosen}
            onChoose={choose}
          />
        ))}
      </div>
    </div>
  )
}

interface LogRowProps {
  readonly line: LogLine
  readonly place: number
  readonly total: number
  readonly isChosen: boolean
  readonly onChoose: (place: number) => void
}

function LogRow({ line, place, total, isChosen, onChoose }: LogRowProps) {
  const { fields } = line
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list box handles the keys of its options
    // biome-ignore lint/a11y/useFocusableInteractive: the focus stays on the list box, which names its active option
    <div
      id={`line-${line.seq}`}
      class="log-row"
      role="option"
      aria-selected={isChosen}
      aria-posinset={place + 1}
      aria-setsize={total}
      style={{ top: `${place * ROW_PX}px` }}
      onClick={() => onChoose(place)}
    >
      <time>{clock(fields.time)}</time>
      <LevelBadge level={fields.level} />
      <span class="service-name">{fields.service}</span>
      <span class="message">{fields.message ?? line.raw}</span>
      <span class="log-row-request">{requestOf(line.fields)}</span>
    </div>
  )
}

/** The target line of a key; undefined for other keys. */
function targetOf(key: string, now: number, total: number, page: number): number | undefined {
  switch (key) {
    case 'ArrowUp':
      return now - 1
    case 'ArrowDown':
      return now + 1
    case 'PageUp':
      return now - page
    case 'PageDown':
      return now + page
    case 'Home':
      return 0
    case 'End':
      return total - 1
    default:
      return undefined
  }
}

function reveal(box: HTMLElement | null, index: number): void {
  if (!box) return
  const top = index * ROW_PX
  if (top < box.scrollTop) box.scrollTop = top
  else if (top + ROW_PX > box.scrollTop + box.clientHeight) box.scrollTop = top + ROW_PX - box.clientHeight
}
