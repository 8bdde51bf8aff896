import { has } from '../server/server-state.ts'
import { LEVELS } from './levels.ts'
import { filter, filterBy, frozen, type LogFilter, resumeTail, stopTail } from './log-filter.ts'

export function LogFilters() {
  const clear = () => filterBy(new URLSearchParams())
  const set = Object.values(filter.value).some((value) => value !== '')
  return (
    <search class="filters">
      <label class="parameter">
        <span>level</span>
        <select value={filter.value.level} onChange={(event) => change({ level: event.currentTarget.value })}>
          <option value="">all</option>
          {LEVELS.slice(1).map((level) => (
            <option key={level} value={level}>
              {level} and up
            </option>
          ))}
        </select>
      </label>
      <TextFilter name="text" label="text" />
      {has('request_ids') && <TextFilter name="route" label="route" />}
      {has('request_ids') && <TextFilter name="request_id" label="request id" />}
      {has('exemplars') && <TextFilter name="trace_id" label="trace id" />}
      <button type="button" disabled={!set} onClick={clear}>
        Clear
      </button>
      <button
        type="button"
        class="primary"
        aria-pressed={frozen.value !== null}
        onClick={frozen.value ? resumeTail : stopTail}
      >
        {frozen.value ? 'Resume' : 'Pause'}
      </button>
    </search>
  )
}

function TextFilter({ name, label }: { readonly name: Exclude<keyof LogFilter, 'level'>; readonly label: string }) {
  return (
    <label class={`parameter filter-${name}`}>
      <span>{label}</span>
      <input
        type="search"
        value={filter.value[name]}
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => change({ [name]: event.currentTarget.value.trim() })}
      />
    </label>
  )
}

function change(changes: Partial<LogFilter>): void {
  filter.value = { ...filter.value, ...changes }
}
