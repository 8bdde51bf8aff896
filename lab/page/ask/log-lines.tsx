import type { LogFields } from '../../wire.ts'
import { clock, count } from '../format.ts'
import { Json } from '../json.tsx'
import { addresses } from '../location.ts'
import { LevelBadge } from '../log/level-badge.tsx'
import { requestOf } from '../log/request-of.ts'
import { has } from '../server/server-state.ts'
import { MOST_LINES, type Stream } from './query-api.ts'

interface FoundLine {
  readonly key: string
  /** Milliseconds since 1970. */
  readonly time: number
  readonly text: string
  readonly labels: Readonly<Record<string, string>>
}

interface LogLinesProps {
  readonly streams: readonly Stream[]
  /** Seconds since 1970. */
  readonly start: number
  readonly end: number
}

/** The lines of a log query, newest first. A line leads to its request. */
export function LogLines({ streams, start, end }: LogLinesProps) {
  const lines = newestFirst(streams)
  const minutes = Math.round((end - start) / 60)
  if (lines.length === 0)
    return (
      <p class="hint empty-result">
        No line of the last {count(minutes, 'minute')} passes all stages. Explain shows which stage removes them.
      </p>
    )
  return (
    <>
      <p class="hint">
        {lines.length === MOST_LINES ? `The newest ${MOST_LINES} lines` : count(lines.length, 'line')} of the last{' '}
        {count(minutes, 'minute')}, newest first
      </p>
      <ul class="found-lines" aria-label="Log lines">
        {lines.map((line) => (
          <FoundLineRow key={line.key} line={line} />
        ))}
      </ul>
    </>
  )
}

function FoundLineRow({ line: { time, text, labels } }: { readonly line: FoundLine }) {
  const address = storyOf(labels)
  return (
    <li class="found-line">
      <time>{clock(time)}</time>
      <LevelBadge level={labels.level} />
      {address === undefined ? (
        <Line text={text} />
      ) : (
        <a href={address} title="Show its request">
          <Line text={text} />
        </a>
      )}
      <details>
        <summary>
          <span class="visually-hidden">The line and its </span>
          {count(Object.keys(labels).length, 'label')}
        </summary>
        <Json text={text} label="Line" />
        <LineLabels labels={labels} />
      </details>
    </li>
  )
}

/** A line of JSON by its message and the fields that differ; any other line as it is. */
function Line({ text }: { readonly text: string }) {
  const fields = fieldsIn(text)
  if (fields === undefined) return <code>{text}</code>
  return (
    <code>
      <b>{fields.message}</b> {requestOf(fields)}
    </code>
  )
}

function fieldsIn(text: string): LogFields | undefined {
  if (!text.startsWith('{')) return undefined
  try {
    const fields = JSON.parse(text) as LogFields
    return typeof fields.message === 'string' ? fields : undefined
  } catch {
    return undefined
  }
}

function LineLabels({ labels }: { readonly labels: FoundLine['labels'] }) {
  return (
    <dl class="line-labels">
      {Object.entries(labels).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function storyOf({ request_id, trace_id }: FoundLine['labels']): string | undefined {
  if (trace_id !== undefined && has('traces')) return addresses.trace(trace_id)
  return request_id === undefined ? undefined : addresses.request(request_id)
}

function newestFirst(streams: readonly Stream[]): FoundLine[] {
  const found = streams.flatMap(({ stream, values }, i) =>
    values.map(([nanoseconds, text], j) => ({ nanoseconds, text, labels: stream, key: `${i}.${j}` })),
  )
  return found
    .sort((a, b) => (a.nanoseconds.padStart(20, '0') < b.nanoseconds.padStart(20, '0') ? 1 : -1))
    .map(({ nanoseconds, text, labels, key }) => ({ key, text, labels, time: Number(nanoseconds.slice(0, -6)) }))
}
