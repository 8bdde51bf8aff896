import type { ExerciseEvent, ShownProblem, ShownVerdict, Table } from '../../exercise-wire.ts'
import { Inline } from './prose.tsx'

/** What the last check has found. */
export function ExerciseVerdict({ event }: { readonly event: ExerciseEvent }) {
  return (
    <section class="panel exercise-verdict" aria-labelledby="verdict-title" aria-busy={event.kind === 'checking'}>
      <h3 id="verdict-title">Check</h3>
      <div role="status" aria-live="polite">
        <Outcome event={event} />
      </div>
      {event.kind === 'verdict' && event.verdict.preview && (
        <div class="verdict-preview">
          <p>{event.verdict.preview.title}:</p>
          <Cells table={event.verdict.preview.table} />
        </div>
      )}
      {event.kind === 'verdict' && event.verdict.printed !== '' && (
        <div>
          <p>Your code printed:</p>
          <pre class="verdict-text">{event.verdict.printed}</pre>
        </div>
      )}
    </section>
  )
}

function Outcome({ event }: { readonly event: ExerciseEvent }) {
  switch (event.kind) {
    case 'checking':
      return <p class="waiting">Checking …</p>
    case 'missing':
      return <p class="failure">The file is missing. “Start over” brings it back.</p>
    case 'failed':
      return <p class="failure">The check itself has failed: {event.message}</p>
    case 'verdict':
      return <Claims verdict={event.verdict} />
  }
}

function Claims({ verdict: { solved, met, problem } }: { readonly verdict: ShownVerdict }) {
  return (
    <>
      <p class={solved ? 'verdict-solved' : 'verdict-open'}>{solved ? 'Solved.' : 'Not solved yet.'}</p>
      <ul class="verdict-claims">
        {met.map((title) => (
          <li key={title}>
            <Mark holds />
            <Inline text={title} />
          </li>
        ))}
        {problem && (
          <li>
            <Mark holds={false} />
            <div>
              <Inline text={problem.title} />
              <Facts problem={problem} />
            </div>
          </li>
        )}
      </ul>
    </>
  )
}

function Mark({ holds }: { readonly holds: boolean }) {
  return (
    <span class={holds ? 'mark-met' : 'mark-unmet'} role="img" aria-label={holds ? 'holds:' : 'does not hold:'}>
      {holds ? '✓' : '✗'}
    </span>
  )
}

function Facts({ problem: { facts, text, table } }: { readonly problem: ShownProblem }) {
  return (
    <>
      {facts.length > 0 && (
        <dl class="verdict-facts">
          {facts.map(([name, fact]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <Inline text={fact} />
              </dd>
            </div>
          ))}
        </dl>
      )}
      {text !== undefined && <pre class="verdict-text">{text}</pre>}
      {table && <Cells table={table} />}
    </>
  )
}

/** Many rows make no difference. */
const MAX_ROWS = 12

function Cells({ table }: { readonly table: Table }) {
  const [head = [], ...rows] = table
  return (
    <div class="table-box">
      <table>
        <thead>
          <tr>
            {head.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MAX_ROWS).map((row) => (
            <tr key={row.join()}>
              {row.map((cell, index) => (
                <td key={head[index]}>
                  <code>{cell}</code>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > MAX_ROWS && <p class="hint">… and {rows.length - MAX_ROWS} more</p>}
    </div>
  )
}
