import type { Trace } from '../../wire.ts'
import type { SpanRow } from './span-tree.ts'
import { shareOf } from './trace-time.ts'

/**
 * An arrow from a span to each of its children in another process, where the context was propagated. Positions are in
 * percent of the rows, so the arrows fit at every size.
 */
export function CausalityArrows({ rows, trace }: { readonly rows: readonly SpanRow[]; readonly trace: Trace }) {
  const hops = rows.flatMap((row, index) =>
    row.span.parent_is_remote && row.parentRow !== null ? [{ row, index, parent: row.parentRow }] : [],
  )
  if (hops.length === 0) return null
  return (
    <div class="arrows" aria-hidden="true">
      {hops.map(({ row, index, parent }) => (
        <span
          key={row.span.span_id}
          class="arrow"
          data-to={row.span.span_id}
          style={{
            left: `${shareOf(row.span.start, trace)}%`,
            top: `${((parent + 0.62) / rows.length) * 100}%`,
            height: `${((index - parent - 0.28) / rows.length) * 100}%`,
          }}
        />
      ))}
    </div>
  )
}
