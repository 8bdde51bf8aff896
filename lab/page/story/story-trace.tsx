import { criticalPath } from '../../analysis/critical-path.ts'
import type { Story } from '../../wire.ts'
import { count, duration } from '../format.ts'
import { ToolLink } from '../header/tool-links.tsx'
import { changeQuery, view } from '../location.ts'
import { state } from '../server/server-state.ts'
import { findingOf } from './finding.ts'
import { serviceColour } from './service-colour.ts'
import { SpanDetails } from './span-details.tsx'
import { spanRows } from './span-tree.ts'
import { Waterfall } from './waterfall.tsx'

/** The trace of a request: a waterfall, and one span in detail. */
export function StoryTrace({ story }: { readonly story: Story }) {
  const { trace } = story
  if (trace === null) return <p class="hint">{story.complete ? NOT_HERE : 'Waiting for its spans …'}</p>
  const rows = spanRows(trace.all_spans)
  const path = criticalPath(trace.all_spans)
  const chosen = view.value.query.get('span')
  const shown = rows.some(({ span }) => span.span_id === chosen) ? chosen : findingOf(story)?.spanId
  const span = rows.find((row) => row.span.span_id === shown)?.span
  return (
    <>
      <div class="trace-summary">
        <ul class="legend" aria-label="Services">
          {trace.services.map((service) => (
            <li key={service}>
              <span class="swatch" data-colour={serviceColour(service)} aria-hidden="true" /> {service}
            </li>
          ))}
        </ul>
        <span>
          {count(trace.spans, 'span')}, {duration(trace.duration)}
        </span>
        <span class="path-legend">
          <span class="path-sample" aria-hidden="true" /> critical path
        </span>
        {story.lines.length > 0 && (
          <span class="path-legend">
            <span class="line-mark sample" aria-hidden="true" /> log line
          </span>
        )}
        <ToolLink tool="jaeger" path={`/trace/${trace.trace_id}`} what="this trace" />
      </div>
      <Waterfall
        trace={trace}
        rows={rows}
        lines={story.lines}
        path={path}
        shown={span?.span_id}
        onChoose={(span) => changeQuery({ span })}
      />
      <Missing incomplete={trace.incomplete} />
      {span && <SpanDetails span={span} trace={trace} />}
    </>
  )
}

const NOT_HERE =
  'Its trace is not here: the request was not sampled (OTEL_TRACES_SAMPLER), or it was too long ago for what the Lab keeps.'

function Missing({ incomplete }: { readonly incomplete: boolean }) {
  const unseen = state.value?.unseen ?? []
  if (!incomplete) return null
  return (
    <p class="hint">
      Some spans of this trace are not here.{' '}
      {unseen.map(({ service, reason }) => (
        <span key={service}>
          {service}: {reason}{' '}
        </span>
      ))}
    </p>
  )
}
