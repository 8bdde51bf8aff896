import { quoted } from '../../filter/filter.ts'
import type { LogLine } from '../../wire.ts'
import { CopyButton } from '../copy-button.tsx'
import { Json } from '../json.tsx'
import { addresses } from '../location.ts'
import { has } from '../server/server-state.ts'

/** A complete line, with links to its request and trace. */
export function LogDetails({ line, onClose }: { readonly line: LogLine; readonly onClose: () => void }) {
  const { request_id, trace_id } = line.fields
  return (
    <section class="log-details panel" aria-label="Chosen line">
      <div class="log-details-actions">
        {trace_id !== undefined && has('traces') ? (
          <a href={addresses.trace(trace_id)}>Its request</a>
        ) : (
          request_id !== undefined && <a href={addresses.request(request_id)}>Its request</a>
        )}
        {request_id !== undefined && (
          <a href={addresses.logs({ filter: `request_id=${quoted(request_id)}` })}>Lines with its request id</a>
        )}
        {trace_id !== undefined && (
          <a href={addresses.logs({ filter: `trace_id=${quoted(trace_id)}` })}>Lines with its trace id</a>
        )}
        <CopyButton text={line.raw} what="line" />
        <button type="button" class="quiet" onClick={onClose}>
          Close
        </button>
      </div>
      <Json text={line.raw} label="Raw log line" />
      {line.cut && <p class="hint">Shortened here; the log file has all of it.</p>}
    </section>
  )
}
