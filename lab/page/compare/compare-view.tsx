import { compareLines, compareSpans, type Difference, type LinePair, type SpanPair } from '../../analysis/comparison.ts'
import type { Story } from '../../wire.ts'
import { clock, count, duration } from '../format.ts'
import { addresses, view } from '../location.ts'
import { ScrollBox } from '../scroll-box.tsx'
import { type Candidate, candidates, type Side, sideOf } from './compared-stories.ts'

/** More rows are not drawn. */
const MAX_ROWS = 300

/** Two requests side by side: their spans, and their log lines. */
export function CompareView() {
  const { query } = view.value
  const [a, b] = [query.get('a'), query.get('b')]
  return (
    <section class="compare" aria-labelledby="compare-title">
      <h2 id="compare-title">Compare two requests</h2>
      {a === null ? <Choice title="Choose the first" address={(reference) => addresses.compare(reference)} /> : null}
      {a !== null && b === null && <Chosen reference={a} />}
      {a !== null && b !== null && <Comparison a={a} b={b} />}
    </section>
  )
}

function Chosen({ reference }: { readonly reference: string }) {
  const { story, problem } = sideOf(reference)
  return (
    <>
      <p>
        <strong>A</strong> {story ? titleOf(story) : (problem ?? '…')}
      </p>
      <Choice title="Compare it with" without={reference} address={(other) => addresses.compare(reference, other)} />
    </>
  )
}

interface ChoiceProps {
  readonly title: string
  readonly without?: string
  readonly address: (reference: string) => string
}

function Choice({ title, without, address }: ChoiceProps) {
  const others = candidates().filter(({ reference }) => reference !== without)
  return (
    <div class="panel compare-choice">
      <h3>{title}</h3>
      {others.length === 0 && <p class="hint">There is no other request yet. Send one.</p>}
      <ul>
        {others.map(({ reference, name, time, duration: ms }: Candidate) => (
          <li key={reference}>
            <time>{clock(time)}</time> <a href={address(reference)}>{name}</a>{' '}
            {ms !== undefined && <small>{duration(ms)}</small>}
          </li>
        ))}
      </ul>
    </div>
  )
}

function Comparison({ a, b }: { readonly a: string; readonly b: string }) {
  const [first, second] = [sideOf(a), sideOf(b)]
  return (
    <>
      <dl class="compare-sides">
        <SideName name="A" side={first} reference={a} />
        <SideName name="B" side={second} reference={b} />
      </dl>
      <p>
        <a href={addresses.compare(b, a)}>Swap</a> · <a href={addresses.compare(a)}>Another B</a>
      </p>
      {first.story && second.story && (
        <>
          <Spans a={first.story} b={second.story} />
          <Lines a={first.story} b={second.story} />
        </>
      )}
    </>
  )
}

function SideName({
  name,
  side,
  reference,
}: {
  readonly name: string
  readonly side: Side
  readonly reference: string
}) {
  const id = reference.slice(reference.indexOf(':') + 1)
  const address = addressOfSide(reference.slice(0, reference.indexOf(':')), id)
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {side.story ? <a href={address}>{titleOf(side.story)}</a> : (side.problem ?? 'Asking the server …')}
        {side.story?.trace && (
          <small>
            {' '}
            {clock(side.story.trace.start)}, {duration(side.story.trace.duration)}
          </small>
        )}
      </dd>
    </div>
  )
}

function addressOfSide(kind: string, id: string): string {
  if (kind === 'file') return addresses.file(id)
  return kind === 'trace' ? addresses.trace(id) : addresses.request(id)
}

function titleOf({ trace, request_id, lines }: Story): string {
  const { method, path } = lines.find(({ fields }) => fields.path !== undefined)?.fields ?? {}
  return trace?.name ?? (path === undefined ? `request ${request_id}` : `${method} ${path}`)
}

function Spans({ a, b }: { readonly a: Story; readonly b: Story }) {
  const pairs = compareSpans(a.trace?.all_spans ?? [], b.trace?.all_spans ?? [])
  if (pairs.length === 0) return null
  const onlyA = pairs.filter((pair) => pair.b === null).length
  const onlyB = pairs.filter((pair) => pair.a === null).length
  return (
    <section class="panel" aria-labelledby="compare-spans">
      <h3 id="compare-spans">
        Spans{' '}
        <small>
          {count(onlyA, 'span')} only in A, {onlyB} only in B
        </small>
      </h3>
      <ScrollBox class="table-box" label="Spans compared">
        <table>
          <thead>
            <tr>
              <th scope="col">span</th>
              <th scope="col" class="number">
                A
              </th>
              <th scope="col" class="number">
                B
              </th>
              <th scope="col" class="number">
                B − A
              </th>
            </tr>
          </thead>
          <tbody>
            {pairs.slice(0, MAX_ROWS).map((pair, index) => (
              <SpanRow key={index} pair={pair} />
            ))}
          </tbody>
        </table>
      </ScrollBox>
      {pairs.length > MAX_ROWS && <p class="hint">{count(pairs.length - MAX_ROWS, 'more span')} not shown.</p>}
    </section>
  )
}

function SpanRow({ pair: { a, b, depth, differences } }: { readonly pair: SpanPair }) {
  const names = [...new Set([a?.name, b?.name].filter((name) => name !== undefined))]
  const difference = a && b ? b.duration - a.duration : null
  return (
    <tr class={onlyIn(a, b)}>
      <th scope="row" style={{ paddingLeft: `${6 + Math.min(depth, 12) * 14}px` }}>
        {names.join(' / ')} <small>{a?.service ?? b?.service}</small>
        <OnlyIn a={a} b={b} />
        <Differences differences={differences} />
      </th>
      <td class="number">{a ? duration(a.duration) : '–'}</td>
      <td class="number">{b ? duration(b.duration) : '–'}</td>
      <td class="number">{difference === null ? '' : signed(difference)}</td>
    </tr>
  )
}

function Lines({ a, b }: { readonly a: Story; readonly b: Story }) {
  const pairs = compareLines(a.lines, b.lines)
  const same = pairs.filter((pair) => pair.a && pair.b && pair.differences.length === 0).length
  const different = pairs.filter((pair) => !(pair.a && pair.b) || pair.differences.length > 0)
  return (
    <section class="panel" aria-labelledby="compare-lines">
      <h3 id="compare-lines">
        Log lines <small>that differ; {count(same, 'other')} the same but for ids and times</small>
      </h3>
      {different.length === 0 && <p class="hint">None.</p>}
      <ul class="compare-lines">
        {different.slice(0, MAX_ROWS).map((pair, index) => (
          <LineItem key={index} pair={pair} />
        ))}
      </ul>
    </section>
  )
}

function LineItem({ pair: { a, b, differences } }: { readonly pair: LinePair }) {
  const line = a ?? b
  return (
    <li class={onlyIn(a, b)}>
      {line?.fields.level} <strong>{line?.fields.message ?? line?.raw}</strong> <small>{line?.fields.service}</small>
      <OnlyIn a={a} b={b} />
      <Differences differences={differences} />
    </li>
  )
}

function onlyIn(a: unknown, b: unknown): string {
  if (a === null) return 'only-b'
  return b === null ? 'only-a' : ''
}

function OnlyIn({ a, b }: { readonly a: unknown; readonly b: unknown }) {
  if (a !== null && b !== null) return null
  return <span class="only">only in {a === null ? 'B' : 'A'}</span>
}

function Differences({ differences }: { readonly differences: readonly Difference[] }) {
  return differences.map(({ name, a, b }) => (
    <span key={name} class="difference">
      {name}: {textOf(a)} → {textOf(b)}
    </span>
  ))
}

const MAX_CHARACTERS = 200

function textOf(value: unknown): string {
  if (value === undefined) return '–'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text
}

function signed(ms: number): string {
  return `${ms < 0 ? '−' : '+'}${duration(Math.abs(ms))}`
}
