import type { PathSegment } from '../../analysis/critical-path.ts'
import { groupBy } from '../../analysis/group-by.ts'
import type { LogLine, Span, Trace } from '../../wire.ts'
import { duration } from '../format.ts'
import { CausalityArrows } from './causality-arrows.tsx'
import { highlightedSpan, highlights } from './highlight.ts'
import { LineMarks } from './line-marks.tsx'
import { serviceColour } from './service-colour.ts'
import type { SpanRow } from './span-tree.ts'
import { shareOf } from './trace-time.ts'

/** Limits the number of elements on the page. */
const MAX_ROWS = 300
const TICKS = [0, 0.25, 0.5, 0.75, 1]
/** Minimum width, so that very short spans are visible. */
const LEAST_WIDTH = 0.4

interface WaterfallProps {
  readonly trace: Trace
  readonly rows: readonly SpanRow[]
  readonly lines: readonly LogLine[]
  readonly path: readonly PathSegment[]
  /** The id of the span shown in detail. */
  readonly shown: string | undefined
  readonly onChoose: (spanId: string) => void
}

/** The spans of a trace as bars, one per row. */
export function Waterfall({ trace, rows, lines, path, shown, onChoose }: WaterfallProps) {
  const drawn = rows.slice(0, MAX_ROWS)
  const segmentsOf = groupBy(path, ({ spanId }) => spanId)
  return (
    <div class="waterfall">
      <div class="ruler" aria-hidden="true">
        <span />
        <span class="ticks">
          {TICKS.map((share) => (
            <span key={share} style={{ left: `${share * 100}%` }}>
              {duration(trace.duration * share)}
            </span>
          ))}
        </span>
      </div>
      <div class="span-rows">
        <ol aria-label="Spans">
          {drawn.map((row) => (
            <SpanItem
              key={row.span.span_id}
              row={row}
              segments={segmentsOf.get(row.span.span_id) ?? NONE}
              trace={trace}
              isShown={row.span.span_id === shown}
              onChoose={onChoose}
            />
          ))}
        </ol>
        <CausalityArrows rows={drawn} trace={trace} />
        <LineMarks lines={lines} rows={drawn} trace={trace} />
      </div>
      {rows.length > MAX_ROWS && <p class="hint">{rows.length - MAX_ROWS} more spans are not drawn.</p>}
    </div>
  )
}

const NONE: readonly PathSegment[] = []

interface SpanItemProps {
  readonly row: SpanRow
  /** Its part of the critical path. */
  readonly segments: readonly PathSegment[]
  readonly trace: Trace
  readonly isShown: boolean
  readonly onChoose: (spanId: string) => void
}

function SpanItem({ row: { span, depth }, segments, trace, isShown, onChoose }: SpanItemProps) {
  const failed = span.status === 'error'
  const onPath = segments.reduce((sum, { start, end }) => sum + end - start, 0)
  const classes = ['span-row', failed && 'failed', highlightedSpan.value === span.span_id && 'highlighted']
  return (
    <li>
      <button
        type="button"
        class={classes.filter(Boolean).join(' ')}
        data-span={span.span_id}
        aria-pressed={isShown}
        onClick={() => onChoose(span.span_id)}
        {...highlights(span.span_id)}
      >
        <span class="span-name" style={{ paddingLeft: `${Math.min(depth, 12) * 12}px` }}>
          <span class="swatch" data-colour={serviceColour(span.service)} aria-hidden="true" />
          {failed && <span class="failed-mark">failed</span>}
          <span class="name" title={span.name}>
            {shortName(span)}
          </span>
          <span class="visually-hidden">
            , {span.service},{segments.length > 0 && ` ${duration(onPath)} of the critical path,`}
          </span>
        </span>
        <span class="span-track">
          <span class="span-bar" data-colour={serviceColour(span.service)} style={placeOf(span, trace)} />
          {segments.map(({ start, end }) => (
            <span
              key={start}
              class="path-segment"
              style={{ left: `${shareOf(start, trace)}%`, width: `${((end - start) / trace.duration) * 100}%` }}
            />
          ))}
          {span.events.map((event, index) => (
            <span
              key={index}
              class="span-event"
              style={{ left: `${shareOf(event.time, trace)}%` }}
              title={event.name}
            />
          ))}
        </span>
        <span class="span-time">{duration(span.duration)}</span>
      </button>
    </li>
  )
}

/** `HopService/GetHop` of `course.v1.HopService/GetHop`: all have the same package. */
function shortName({ name }: Span): string {
  return name.replace(/^[\w.]+\.(\w+\/\w+)$/, '$1')
}

function placeOf(span: Span, trace: Trace): { left: string; width: string } {
  const left = Math.min(shareOf(span.start, trace), 100 - LEAST_WIDTH)
  const width = Math.max(LEAST_WIDTH, Math.min(100 - left, (span.duration / trace.duration) * 100))
  return { left: `${left}%`, width: `${width}%` }
}
