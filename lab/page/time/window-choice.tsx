import { clock } from '../format.ts'
import { serverNow } from '../server/server-state.ts'
import { chooseBetween, chooseLast, chosenWindow, DURATIONS, timeWindow } from './time-window.ts'

const NAMES: Readonly<Record<string, string>> = {
  '1m': 'last minute',
  '5m': 'last 5 minutes',
  '15m': 'last 15 minutes',
}

/** The window that a user gets who wants to type its limits. */
const FIRST_MS = 300_000

/** Chooses the time window that logs, metrics and traces share. */
export function WindowChoice() {
  const chosen = chosenWindow.value
  const { from, to } = timeWindow.value
  const choose = (value: string) => {
    if (value === 'between') chooseBetween(serverNow() - FIRST_MS, serverNow())
    else chooseLast(value)
  }
  return (
    <>
      <label class="parameter">
        <span>time</span>
        <select value={chosen} onChange={(event) => choose(event.currentTarget.value)}>
          <option value="">all that is kept</option>
          {Object.keys(DURATIONS).map((duration) => (
            <option key={duration} value={duration}>
              {NAMES[duration]}
            </option>
          ))}
          <option value="between">between</option>
        </select>
      </label>
      {chosen === 'between' && from !== null && to !== null && (
        <>
          <Limit name="from" time={from} onChange={(time) => time < to && chooseBetween(time, to)} />
          <Limit name="to" time={to} onChange={(time) => from < time && chooseBetween(from, time)} />
        </>
      )}
    </>
  )
}

interface LimitProps {
  readonly name: 'from' | 'to'
  readonly time: number
  readonly onChange: (time: number) => void
}

function Limit({ name, time, onChange }: LimitProps) {
  return (
    <label class="parameter">
      <span>{name}</span>
      <input
        type="time"
        step={1}
        value={clock(time).slice(0, 8)}
        onChange={(event) => {
          const changed = atTimeOfDay(time, event.currentTarget.value)
          if (changed !== undefined) onChange(changed)
        }}
      />
    </label>
  )
}

/** On the same day. */
function atTimeOfDay(day: number, text: string): number | undefined {
  const [hours, minutes, seconds = 0] = text.split(':').map(Number)
  if (hours === undefined || minutes === undefined) return undefined
  return new Date(day).setHours(hours, minutes, seconds, 0)
}
