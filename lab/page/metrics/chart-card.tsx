import type { Exemplar } from '../../wire.ts'
import { CopyButton } from '../copy-button.tsx'
import { ToolLink } from '../header/tool-links.tsx'
import { addresses } from '../location.ts'
import { PhaseNotice } from '../phase-gate.tsx'
import { has } from '../server/server-state.ts'
import { chooseBetween } from '../time/time-window.ts'
import { Chart } from './chart.tsx'
import type { ChartSpec, History, Query } from './charts.ts'
import { ExemplarList } from './exemplar-dots.tsx'
import { LineTable } from './line-table.tsx'
import { unitOptions } from './plot.ts'
import { grafanaPath, prometheusPath } from './query-links.ts'

interface ChartCardProps {
  readonly spec: ChartSpec
  readonly history: History
  readonly times: readonly number[]
  readonly range: readonly [number, number]
  readonly exemplars: readonly Exemplar[]
  /** In PromQL syntax: `20s`. */
  readonly window: string
}

const NONE: readonly Exemplar[] = []

/** A chart, its numbers, and the equivalent PromQL. */
export function ChartCard({ spec, history, times, range, exemplars, window }: ChartCardProps) {
  const lines = spec.lines(history)
  const queries = spec.queries(window, history.route)
  const examples = spec.hasExemplars ? exemplars : NONE
  return (
    <figure class={`chart panel chart-${spec.id}`} aria-labelledby={`chart-${spec.id}`}>
      <figcaption>
        <h3 id={`chart-${spec.id}`}>{spec.title}</h3>
        <p>{spec.about}</p>
      </figcaption>
      <Chart
        optionsFor={unitOptions[spec.unit]}
        lines={lines}
        times={times}
        range={range}
        exemplars={examples}
        onSelect={(from, to) => chooseBetween(from * 1000, to * 1000)}
      />
      <LineTable title={spec.title} lines={lines} unit={spec.unit} />
      {spec.hasExemplars && <ExemplarList exemplars={examples} />}
      {spec.hasExemplars && !has('exemplars') && (
        <PhaseNotice panel="exemplars" what="Exemplars, dots that lead from here to a trace, come" />
      )}
      <Queries queries={queries} />
    </figure>
  )
}

function Queries({ queries }: { readonly queries: readonly Query[] }) {
  return (
    <dl class="queries">
      {queries.map(({ label, promql }) => (
        <div key={label}>
          <dt>PromQL, {label}</dt>
          <dd>
            <code>{promql}</code>
            <span class="query-actions">
              <a href={addresses.ask({ language: 'promql', query: promql, over: '5m' })}>
                Ask this<span class="visually-hidden">: PromQL, {label}</span>
              </a>
              <CopyButton text={promql} what={`PromQL, ${label}`} />
              <ToolLink tool="prometheus" path={prometheusPath(promql)} what={`the query ${label}`} />
              <ToolLink tool="grafana" path={grafanaPath(promql)} what={`the query ${label}`} />
            </span>
          </dd>
        </div>
      ))}
    </dl>
  )
}
