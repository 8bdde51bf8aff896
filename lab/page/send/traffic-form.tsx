import { useSignal } from '@preact/signals'
import { count } from '../format.ts'
import { mixes, startTraffic, stopTraffic, type Traffic, traffic } from './traffic.ts'

/** Sends many requests at a constant rate, to fill the charts. */
export function TrafficForm() {
  const mix = useSignal(mixes.value[0] ?? '')
  const rate = useSignal(50)
  const seconds = useSignal(30)
  const now = traffic.value

  const start = (event: Event) => {
    event.preventDefault()
    void startTraffic({ mix: mix.value, rate: rate.value, seconds: seconds.value })
  }
  return (
    <form class="traffic" onSubmit={start} aria-label="Traffic">
      <div class="traffic-plan">
        <label class="parameter">
          <span>send</span>
          <select
            value={mix.value}
            onChange={(event) => {
              mix.value = event.currentTarget.value
            }}
          >
            {mixes.value.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        {now?.running ? (
          <button type="button" onClick={stopTraffic}>
            Stop
          </button>
        ) : (
          <button type="submit" class="primary" aria-label="Start traffic">
            Start
          </button>
        )}
        <NumberField label="per second" value={rate.value} max={300} onChange={(value) => (rate.value = value)} />
        <NumberField label="seconds" value={seconds.value} max={600} onChange={(value) => (seconds.value = value)} />
      </div>
      {now && <TrafficProgress traffic={now} />}
    </form>
  )
}

interface NumberFieldProps {
  readonly label: string
  readonly value: number
  readonly max: number
  readonly onChange: (value: number) => void
}

function NumberField({ label, value, max, onChange }: NumberFieldProps) {
  return (
    <label class="parameter">
      <span>{label}</span>
      <input
        type="number"
        required
        min={1}
        max={max}
        value={value}
        onInput={(event) => {
          if (event.currentTarget.validity.valid) onChange(event.currentTarget.valueAsNumber)
        }}
      />
    </label>
  )
}

function TrafficProgress({
  traffic: { plan, running, stopped, sent, answered, failed, elapsed },
}: {
  readonly traffic: Traffic
}) {
  const achieved = elapsed > 0 ? answered / elapsed : 0
  const outcome = running ? 'Running' : stopped ? 'Stopped' : 'Done'
  return (
    <div class="traffic-progress">
      <progress max={plan.seconds} value={elapsed} aria-label="Traffic" />
      <p role="status">
        {outcome}: {count(answered, 'answer')} of {sent.toLocaleString('en')} sent, {failed.toLocaleString('en')}{' '}
        failed, {achieved.toFixed(0)} per second.
      </p>
    </div>
  )
}
