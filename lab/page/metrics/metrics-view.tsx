import { computed } from '@preact/signals'
import { changeQuery, queryOf } from '../location.ts'
import { PhaseGate } from '../phase-gate.tsx'
import { bounds, exemplars, samples } from '../server/metric-history.ts'
import { isCourse, serverNow } from '../server/server-state.ts'
import { timeWindow } from '../time/time-window.ts'
import { WindowChoice } from '../time/window-choice.tsx'
import { ChartCard } from './chart-card.tsx'
import { type ChartSpec, columns } from './charts.ts'
import { intervals } from './rate.ts'

const WINDOWS = { '20s': 20_000, '1m': 60_000, '5m': 300_000 } as const
type Window = keyof typeof WINDOWS
/** The charts show so much at least, in seconds. */
const LEAST_SECONDS = 120
/** More dots would overlap. */
const MAX_DOTS = 40

const window = computed(
  () => (Object.keys(WINDOWS).find((name) => name === queryOf('metrics').get('rate')) ?? '20s') as Window,
)
const route = computed(() => queryOf('metrics').get('route') ?? '')

const range = computed((): [number, number] => {
  const { from, to } = timeWindow.value
  const end = (to ?? samples.value.at(-1)?.time ?? serverNow()) / 1000
  const first = (from ?? samples.value[0]?.time ?? serverNow()) / 1000
  return [from === null ? Math.min(first, end - LEAST_SECONDS) : first, end]
})
const shown = computed(() => {
  const [start, end] = range.value
  return intervals(samples.value, WINDOWS[window.value]).filter(
    ({ last }) => last.time / 1000 >= start && last.time / 1000 <= end,
  )
})
const times = computed(() => shown.value.map(({ last }) => last.time / 1000))
const examples = computed(() => {
  const [start, end] = range.value
  const matching = exemplars.value.filter(
    (exemplar) =>
      exemplar.time / 1000 >= start &&
      exemplar.time / 1000 <= end &&
      (route.value === '' || exemplar.route === route.value),
  )
  return matching.slice(-MAX_DOTS)
})

/** Charts of rates, errors, durations and more. */
export function MetricsView() {
  return (
    <section class="metrics" aria-labelledby="metrics-title">
      <h2 id="metrics-title" class="visually-hidden">
        Metrics
      </h2>
      <PhaseGate panel="metrics" what="Metrics come">
        <MetricFilters />
        <Charts />
      </PhaseGate>
    </section>
  )
}

function Charts() {
  const history = { intervals: shown.value, bounds: bounds.value, route: route.value }
  return (
    <div class="charts">
      {columns.map((specs, column) => (
        <div key={column}>
          {specs.filter(isShown).map((spec) => (
            <ChartCard
              key={spec.id}
              spec={spec}
              history={history}
              times={times.value}
              range={range.value}
              exemplars={examples.value}
              window={window.value}
            />
          ))}
        </div>
      ))}
    </div>
  )
}

function isShown({ isOfCourse }: ChartSpec): boolean {
  return isOfCourse === undefined || isCourse.value
}

function MetricFilters() {
  const routes = Object.keys(samples.value.at(-1)?.routes ?? {}).sort()
  return (
    <search class="filters">
      <WindowChoice />
      <Choice
        label="rates over"
        choices={Object.keys(WINDOWS)}
        value={window.value}
        onChange={(rate) => changeQuery({ rate })}
      />
      <label class="parameter">
        <span>route</span>
        <select value={route.value} onChange={(event) => changeQuery({ route: event.currentTarget.value })}>
          <option value="">all</option>
          {routes.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <p class="hint">
        Drag over a chart to choose a time, also for logs and traces. One sample a second, from the same counters as{' '}
        <a href="/metrics">/metrics</a>. In Prometheus, let rates span at least four scrapes.
      </p>
    </search>
  )
}

interface ChoiceProps {
  readonly label: string
  readonly choices: readonly string[]
  readonly value: string
  readonly onChange: (value: string) => void
}

function Choice({ label, choices, value, onChange }: ChoiceProps) {
  return (
    <label class="parameter">
      <span>{label}</span>
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {choices.map((choice) => (
          <option key={choice} value={choice}>
            {choice}
          </option>
        ))}
      </select>
    </label>
  )
}
