import { computed, signal } from '@preact/signals'
import { PhaseGate } from '../phase-gate.tsx'
import { bounds, exemplars, samples } from '../server/metric-history.ts'
import { isCourse } from '../server/server-state.ts'
import { ChartCard } from './chart-card.tsx'
import { type ChartSpec, columns } from './charts.ts'
import { intervals } from './rate.ts'

const WINDOWS = { '20s': 20_000, '1m': 60_000, '5m': 300_000 } as const
type Window = keyof typeof WINDOWS
const SPANS = { '2 minutes': 120, '5 minutes': 300, '15 minutes': 900 } as const
type Span = keyof typeof SPANS
/** More dots would overlap. */
const MAX_DOTS = 40

const window = signal<Window>('20s')
const span = signal<Span>('2 minutes')
const route = signal('')

const range = computed((): [number, number] => {
  const end = (samples.value.at(-1)?.time ?? Date.now()) / 1000
  return [end - SPANS[span.value], end]
})
const shown = computed(() => {
  const [start] = range.value
  return intervals(samples.value, WINDOWS[window.value]).filter(({ last }) => last.time / 1000 >= start)
})
const times = computed(() => shown.value.map(({ last }) => last.time / 1000))
const examples = computed(() => {
  const [start] = range.value
  const matching = exemplars.value.filter(
    (exemplar) => exemplar.time / 1000 >= start && (route.value === '' || exemplar.route === route.value),
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
      <Choice
        label="show"
        choices={Object.keys(SPANS)}
        value={span.value}
        onChange={(value) => (span.value = value as Span)}
      />
      <Choice
        label="rates over"
        choices={Object.keys(WINDOWS)}
        value={window.value}
        onChange={(value) => (window.value = value as Window)}
      />
      <label class="parameter">
        <span>route</span>
        <select value={route.value} onChange={(event) => (route.value = event.currentTarget.value)}>
          <option value="">all</option>
          {routes.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <p class="hint">
        One sample a second, from the same counters as <a href="/metrics">/metrics</a>. In Prometheus, let rates span at
        least four scrapes.
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
