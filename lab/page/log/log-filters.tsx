import { keysOfLines } from '../../filter/known-keys.ts'
import { FilterBox } from '../filter/filter-box.tsx'
import { changeQuery } from '../location.ts'
import { tail } from '../server/log-tail.ts'
import { has } from '../server/server-state.ts'
import { WindowChoice } from '../time/window-choice.tsx'
import { LEVELS } from './levels.ts'
import { filterText, level } from './log-filter.ts'

export function LogFilters() {
  const isSet = filterText.value !== '' || level.value !== ''
  return (
    <search class="filters">
      <label class="parameter">
        <span>level</span>
        <select value={level.value} onChange={(event) => changeQuery({ level: event.currentTarget.value })}>
          <option value="">all</option>
          {LEVELS.slice(1).map((name) => (
            <option key={name} value={name}>
              {name} and up
            </option>
          ))}
        </select>
      </label>
      <FilterBox
        value={filterText.value}
        onChange={(filter) => changeQuery({ filter })}
        example={has('request_ids') ? 'route=/slow status>=500 text' : 'level>=warn text'}
        keys={() => keysOfLines(tail.peek())}
      />
      <button type="button" disabled={!isSet} onClick={() => changeQuery({ filter: '', level: '' })}>
        Clear
      </button>
      <WindowChoice />
    </search>
  )
}
