import { FilterBox } from '../filter/filter-box.tsx'
import { count } from '../format.ts'
import { ToolLink } from '../header/tool-links.tsx'
import { changeQuery } from '../location.ts'
import { PhaseGate } from '../phase-gate.tsx'
import { state } from '../server/server-state.ts'
import { WindowChoice } from '../time/window-choice.tsx'
import { CallsTable } from './calls-table.tsx'
import { ServiceMapPicture } from './service-map-picture.tsx'
import { TraceList } from './trace-list.tsx'
import { foundTraces, loadSpanKeys, search, searchProblem, serviceMap, spanKeys } from './trace-search.ts'

/** All stored traces, and the service map. */
export function TracesView() {
  return (
    <section class="traces" aria-labelledby="traces-title">
      <h2 id="traces-title" class="visually-hidden">
        Traces
      </h2>
      <PhaseGate panel="traces" what="Traces come">
        <TraceFilters />
        {searchProblem.value && (
          <p class="notice problem" role="alert">
            {searchProblem.value}
          </p>
        )}
        <Found />
        <WhoCallsWhom />
      </PhaseGate>
    </section>
  )
}

function TraceFilters() {
  const { filter, status, min_duration_ms } = search.value
  const service = encodeURIComponent(state.value?.service ?? '')
  return (
    <search class="filters">
      <FilterBox
        value={filter}
        onChange={(text) => changeQuery({ filter: text })}
        example="http.route=/slow status>=500 text"
        keys={() => spanKeys.value}
        onFocus={loadSpanKeys}
      />
      <label class="parameter">
        <span>status</span>
        <select value={status} onChange={(event) => changeQuery({ status: event.currentTarget.value })}>
          <option value="">all</option>
          <option value="ok">ok</option>
          <option value="error">error</option>
        </select>
      </label>
      <label class="parameter">
        <span>at least, ms</span>
        <input
          type="number"
          min={0}
          value={min_duration_ms}
          onInput={(event) => {
            if (event.currentTarget.validity.valid) changeQuery({ min_duration_ms: event.currentTarget.value })
          }}
        />
      </label>
      <WindowChoice />
      <ToolLink tool="jaeger" path={`/search?service=${service}`} what="the traces of this service" />
    </search>
  )
}

function Found() {
  const found = foundTraces.value
  if (found === null) return <p class="waiting">Asking the server …</p>
  if (found.total === 0) return <p class="hint">There are no traces yet. Send a request.</p>
  return (
    <>
      <p class="hint">
        {count(found.traces.length, 'trace')} of the last {found.total.toLocaleString('en')}, newest first
      </p>
      {found.traces.length > 0 && <TraceList traces={found.traces} />}
    </>
  )
}

function WhoCallsWhom() {
  const map = serviceMap.value
  if (map === null || map.traces === 0) return null
  return (
    <section class="panel service-map" aria-labelledby="map-title">
      <h3 id="map-title">
        Service map <small>who calls whom, from {count(map.traces, 'trace')}</small>
      </h3>
      <ServiceMapPicture map={map} />
      <CallsTable map={map} />
      {state.value?.unseen.map(({ service, reason }) => (
        <p class="hint" key={service}>
          {service} is not seen here: {reason}
        </p>
      ))}
    </section>
  )
}
