import { Fragment } from 'preact'
import type { MovedMetrics, MovedSeries, Story } from '../../wire.ts'
import { Coming } from '../coming.tsx'
import { count, metricValue } from '../format.ts'
import { exemplars } from '../server/metric-history.ts'
import { has } from '../server/server-state.ts'

/** The series that a request has moved, before and after it. */
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
        <Coming panel="exemplars" what="Exemplars, which lead from a metric to a trace, come" />
      )}
    </>
  )
}

function Readings({ metrics: { readings, others } }: { readonly metrics: MovedMetrics }) {
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
  readonly series: readonly MovedSeries[]
  readonly story: Story
}

function SeriesTable({ caption, series, story }: SeriesTableProps) {
  return (
    <table class="moved">
      <caption class="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">series</th>
          <th scope="col" class="number">
            before
          </th>
          <th scope="col" class="number">
            after
          </th>
        </tr>
      </thead>
      <tbody>
        {series.map((one) => (
          <tr key={nameOf(one)}>
            <th scope="row">
              <SeriesName series={one} />
              {one.name.endsWith('_bucket') && <ExemplarOf story={story} series={one} />}
            </th>
            <td class="number">{one.before === null ? '?' : metricValue(one.before)}</td>
            <td class="number after">
              {one.after === null ? '?' : metricValue(one.after)}
              <Change series={one} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Change({ series: { before, after } }: { readonly series: MovedSeries }) {
  if (before === null || after === null) return null
  const change = after - before
  return <span class="change">{`${change >= 0 ? '+' : '−'}${metricValue(Math.abs(change))}`}</span>
}

/** As `/metrics` has it: the name, then its labels in braces. */
function SeriesName({ series: { name, labels } }: { readonly series: MovedSeries }) {
  const entries = Object.entries(labels)
  return (
    <span class="series">
      <Wrappable name={name} />
      {entries.length > 0 && (
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
      )}
    </span>
  )
}

/** A name of five words may be broken after each of them. */
function Wrappable({ name }: { readonly name: string }) {
  return name.split(/(?<=_)/).map((part) => (
    <Fragment key={part}>
      {part}
      <wbr />
    </Fragment>
  ))
}

/** The request itself, where it stands as the example for its bucket. */
function ExemplarOf({ story, series }: { readonly story: Story; readonly series: MovedSeries }) {
  const exemplar = exemplars.value.findLast(
    ({ trace_id, route }) => trace_id === story.trace_id && route === series.labels.route,
  )
  if (!exemplar) return null
  return (
    <span class="exemplar">
      exemplar {metricValue(exemplar.value)} s, trace_id=
      <span data-testid="exemplar-trace-id">{exemplar.trace_id}</span>
    </span>
  )
}

function nameOf({ name, labels }: MovedSeries): string {
  return name + JSON.stringify(labels)
}
