import { useSignal } from '@preact/signals'
import type { LogFields, LogLine } from '../../wire.ts'
import { clock } from '../format.ts'
import { Json } from '../json.tsx'
import { carriedFields } from '../log/carried-fields.ts'
import { LevelBadge } from '../log/level-badge.tsx'
import { ScrollBox } from '../scroll-box.tsx'
import { highlightedSpan, highlights } from './highlight.ts'
import { serviceColour } from './service-colour.ts'

/** The id of the line's element. */
export function lineId({ seq }: LogLine): string {
  return `story-line-${seq}`
}

/** A line of the story: message, fields, and collapsed the logged JSON. */
export function StoryLine({ line, withService }: { readonly line: LogLine; readonly withService: boolean }) {
  const open = useSignal(false)
  const { fields } = line
  const highlighted = fields.span_id !== undefined && highlightedSpan.value === fields.span_id
  return (
    <li
      class={highlighted ? 'story-line highlighted' : 'story-line'}
      id={lineId(line)}
      tabIndex={-1}
      data-span={fields.span_id}
      {...highlights(fields.span_id, line.seq)}
    >
      <div class="story-line-head">
        <time>{clock(fields.time)}</time>
        <LevelBadge level={fields.level} />
        <span class="message">{fields.message ?? line.raw}</span>
        <button
          type="button"
          class="quiet"
          aria-expanded={open.value}
          aria-label={`Raw JSON of: ${fields.message ?? 'this line'}`}
          onClick={() => {
            open.value = !open.value
          }}
        >
          JSON
        </button>
      </div>
      <p class="fields">
        {withService && fields.service !== undefined && (
          <span class="service-tag">
            <span class="swatch" data-colour={serviceColour(fields.service)} aria-hidden="true" />
            {fields.service}
          </span>
        )}
        {carriedFields(fields).map(([name, value]) => (
          <span key={name}>
            <span class="field-name">{name}=</span>
            {value}
          </span>
        ))}
      </p>
      {fields.err && <ErrorOf err={fields.err} seq={line.seq} />}
      {line.cut && <p class="hint">Shortened here; the log file has all of it.</p>}
      {open.value && <Json text={line.raw} label={`Raw log line ${line.seq}`} />}
    </li>
  )
}

function ErrorOf({ err, seq }: { readonly err: NonNullable<LogFields['err']>; readonly seq: number }) {
  return (
    <details class="error-of-line">
      <summary>
        {err.type}: {err.message}
      </summary>
      <ScrollBox class="stack" label={`Stack of line ${seq}`}>
        <pre>{err.stack}</pre>
      </ScrollBox>
    </details>
  )
}
