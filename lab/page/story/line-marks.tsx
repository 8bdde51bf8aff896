import type { LogLine, Trace } from '../../wire.ts'
import { clock } from '../format.ts'
import { highlightedLine } from './highlight.ts'
import type { SpanRow } from './span-tree.ts'
import { lineId } from './story-line.tsx'
import { shareOf } from './trace-time.ts'

/** Limits the number of elements on the page. */
const MAX_MARKS = 300

interface LineMarksProps {
  readonly lines: readonly LogLine[]
  readonly rows: readonly SpanRow[]
  readonly trace: Trace
}

/**
 * The log lines as marks at their time, in the row of the span in which they were written, or in the first row. A click
 * leads to the line. The keyboard and screen readers have the lines themselves.
 */
export function LineMarks({ lines, rows, trace }: LineMarksProps) {
  if (rows.length === 0) return null
  const rowOf = new Map(rows.map(({ span }, index) => [span.span_id, index]))
  return (
    <div class="line-marks" aria-hidden="true">
      {lines.slice(0, MAX_MARKS).map((line) => {
        const { time, level, message, span_id } = line.fields
        const at = Date.parse(time ?? '')
        if (Number.isNaN(at)) return null
        const row = rowOf.get(span_id ?? '') ?? 0
        const classes = ['line-mark', level, highlightedLine.value === line.seq && 'highlighted']
        return (
          <button
            key={line.seq}
            type="button"
            tabIndex={-1}
            class={classes.filter(Boolean).join(' ')}
            style={{ left: `${shareOf(at, trace)}%`, top: `${(row / rows.length) * 100}%` }}
            title={`${clock(time)} ${level ?? ''} ${message ?? line.raw}`}
            onClick={() => reveal(line)}
          />
        )
      })}
    </div>
  )
}

function reveal(line: LogLine): void {
  const element = document.getElementById(lineId(line))
  element?.scrollIntoView({ block: 'nearest' })
  element?.focus({ preventScroll: true })
}
