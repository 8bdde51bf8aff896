import { Fragment } from 'preact'
import type { ChangedMetrics, ChangedSeries, Story } from '../../wire.ts'
import { count, metricValue } from '../format.ts'
import { PhaseNotice } from '../phase-gate.tsx'
import { exemplars } from '../server/metric-history.ts'
import { has } from '../server/server-state.ts'
import { type ChangedFamily, changedFamilies } from './changed-families.ts'

/** The series that a request changed, before and after it. */
export function StoryMetrics({ story }: { readonly story: Story }) {
  const { metrics } = story
  if (metrics === null) return <p class="hint">Nothing is known about them.</p>
  const own = metrics.series.filter((series) => series.own)
  const meanwhile = metrics.series.filter((series) => !series.own)
  return (
    <>
      <Readings metrics={metrics} />
      {own.length > 0 && <SeriesTable caption="Moved by this request" series={own} story={story} />}
      {meanwhile.length > 0 && (
        <details class="meanwhile">
          <summary>{count(meanwhile.length, 'other series', 'other series')} moved meanwhile</summary>
          <SeriesTable caption="Moved meanwhile" series={meanwhile} story={story} />
        </details>
      )}
      {has('exemplars') ? null : (
        <PhaseNotice panel="exemplars" what="Exemplars, which lead from a metric to a trace, come" />
      )}
    </>
  )
}

function Readings({ metrics: { readings, others } }: { readonly metrics: ChangedMetrics }) {
  if (readings === null) {
    return <p class="hint">This page has not sent the request, so it does not know the values before and after it.</p>
  }
  if (!others) return null
  return (
    <p class="hint">
      {count(others, 'other request')} ended meanwhile, and {others === 1 ? 'is' : 'are'} in these numbers too.
    </p>
  )
}

interface SeriesTableProps {
  readonly caption: string
  readonly series: readonly ChangedSeries[]
  readonly story: Story
}

function SeriesTable({ caption, series, story }: SeriesTableProps) {
  return (
    <table class="moved">
      <caption class="visually-hidden">{caption}</caption>
      <thead class="visually-hidden">
        <tr>
          <th scope="col">part</th>
          <th scope="col">before</th>
          <th scope="col">after</th>
          <th scope="col">change</th>
        </tr>
      </thead>
      {changedFamilies(series).map((family) => (
        <Family key={family.name + JSON.stringify(family.labels)} family={family} story={story} />
      ))}
    </table>
  )
}

function Family({ family, story }: { readonly family: ChangedFamily; readonly story: Story }) {
  return (
    <tbody>
      <tr>
        <th scope="rowgroup" colSpan={4} class="series">
          <Wrappable name={family.name} />
          <Labels labels={family.labels} />
        </th>
      </tr>
      {family.rows.map(({ part, series }) => (
        <Fragment key={part}>
          <tr>
            <th scope="row">{part}</th>
            <td class="number">{series.before === null ? '?' : metricValue(series.before)}</td>
            <td class="number after">
              <span aria-hidden="true">→ </span>
              {series.after === null ? '?' : metricValue(series.after)}
            </td>
            <td class="number change">{changeOf(series)}</td>
          </tr>
          {series.name.endsWith('_bucket') && <ExemplarOf story={story} series={series} />}
        </Fragment>
      ))}
    </tbody>
  )
}

function changeOf({ before, after }: ChangedSeries): string {
  if (before === null || after === null) return ''
  const change = after - before
  return `${change >= 0 ? '+' : '−'}${metricValue(Math.abs(change))}`
}

/** In the format of `/metrics`. */
function Labels({ labels }: { readonly labels: ChangedFamily['labels'] }) {
  const entries = Object.entries(labels)
  if (entries.length === 0) return null
  return (
    <span class="labels">
      {'{'}
      {entries.map(([label, value], index) => (
        <span key={label}>
          {index > 0 && ', '}
          {label}=<span class="label-value">"{value}"</span>
        </span>
      ))}
      {'}'}
    </span>
  )
}

/** Allows line breaks after each word of a long name. */
function Wrappable({ name }: { readonly name: string }) {
  return name.split(/(?<=_)/).map((part) => (
    <Fragment key={part}>
      {part}
      <wbr />
    </Fragment>
  ))
}

/** The request's own exemplar. */
function ExemplarOf({ story, series }: { readonly story: Story; readonly series: ChangedSeries }) {
  const exemplar = exemplars.value.findLast(
    ({ trace_id, route }) => trace_id === story.trace_id && route === series.labels.route,
  )
  if (!exemplar) return null
  return (
    <tr>
      <td colSpan={4}>
        <span class="exemplar">
          exemplar {metricValue(exemplar.value)} s, trace_id=
          <span data-testid="exemplar-trace-id">{exemplar.trace_id}</span>
        </span>
      </td>
    </tr>
  )
}
