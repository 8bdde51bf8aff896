import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { requiredValue } from '../../filter/filter.ts'
import type { LogLine, Logs } from '../../wire.ts'
import { count } from '../format.ts'
import { changeQuery, view } from '../location.ts'
import { PhaseGate } from '../phase-gate.tsx'
import { getJson } from '../server/api.ts'
import { mergeLines, tail, tailHasGap } from '../server/log-tail.ts'
import { LogAnnouncer } from './log-announcer.tsx'
import { LogDetails } from './log-details.tsx'
import { filter, frozen, missedLines, resumeTail, shownLines } from './log-filter.ts'
import { LogFilters } from './log-filters.tsx'
import { LogList } from './log-list.tsx'

/** The live tail of the log. */
export function LogsView() {
  const chosen = useSignal<LogLine | null>(null)
  const linked = view.value.query.get('line')
  const isReached = chosen.value !== null && String(chosen.value.seq) === linked
  useEffect(() => {
    if (linked === null) chosen.value = null
    else if (!isReached) chosen.value = tail.peek().find(({ seq }) => String(seq) === linked) ?? chosen.peek()
  }, [linked, isReached, tail.value.length > 0])
  useMissingLines()

  return (
    <section class="logs" aria-labelledby="logs-title">
      <h2 id="logs-title" class="visually-hidden">
        Logs
      </h2>
      <PhaseGate panel="logs" what="Log lines come">
        <LogFilters />
        <LogCount />
        <div class={chosen.value ? 'log-columns with-details' : 'log-columns'}>
          <LogList
            chosen={chosen.value?.seq ?? null}
            onChoose={(line) => {
              chosen.value = line
              changeQuery({ line: String(line.seq) })
            }}
          />
          {chosen.value && (
            <LogDetails
              line={chosen.value}
              onClose={() => {
                changeQuery({ line: '' })
              }}
            />
          )}
        </div>
        <LogAnnouncer />
      </PhaseGate>
    </section>
  )
}

function LogCount() {
  return (
    <p class="log-count hint">
      {count(shownLines.value.length, 'line')} of {tail.value.length.toLocaleString('en')}
      {tailHasGap.value && '. Under load not every line is streamed: the log file has them all'}
      {frozen.value !== null && (
        <button type="button" class="quiet" onClick={resumeTail}>
          {missedLines.value > 0 ? `${count(missedLines.value, 'new line')}: show` : 'Follow the newest line'}
        </button>
      )}
    </p>
  )
}

/** The server may have lines of a request that were not streamed to this page. */
function useMissingLines(): void {
  const request_id = requiredValue(filter.value, 'request_id')
  const trace_id = requiredValue(filter.value, 'trace_id')
  useEffect(() => {
    const wanted: Record<string, string> = request_id ? { request_id } : trace_id ? { trace_id } : {}
    if (Object.keys(wanted).length === 0) return
    getJson<Logs>('logs', wanted).then(
      ({ lines }) => mergeLines(lines),
      () => {}, // the header shows the connection's state
    )
  }, [request_id, trace_id])
}
