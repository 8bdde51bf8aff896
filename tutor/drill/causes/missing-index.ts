import { type Cause, nothing, shows, symptom } from '../cause.ts'
import { hasRisen, rowsOf, standsOut } from '../rows.ts'
import { isWaitingForConnection, ms, named, statementOf } from '../span-facts.ts'
import type { TraceStore } from '../trace-store.ts'

/** How much longer than before a statement takes. */
const FACTOR = 3

const WORDS = { user_id: /user|customer/, status: /status|failed/ } as const

/** @param beganAt when the index was dropped */
export function missingIndexCause(column: keyof typeof WORDS, beganAt: Date): Cause {
  const filtersByIt = (text: string) => new RegExp(`where[\\s\\S]*"${column}" = `).test(text)

  /** Milliseconds that the statement took before. */
  function usual(traces: TraceStore): number {
    const before = traces
      .all()
      .flatMap((trace) => named('SELECT bookings', trace))
      .filter((span) => span.startMs < beganAt.getTime() && filtersByIt(statementOf(span)))
      .map(({ durationMs }) => durationMs)
    return before.toSorted((a, b) => a - b)[Math.floor(before.length / 2)] ?? 0
  }

  return {
    name: `the index on ${column} is missing, so the statement reads all bookings to find a few`,
    related: ['a missing index'],
    terms: [
      {
        words: /\bindex|(full|seq\w*)[ -](table )?scan|scans (all|every|the (whole|entire))/,
        missing: 'Why does that statement take so long now, and others on the same table do not?',
      },
      {
        words: WORDS[column],
        missing: 'Lists of bookings differ in their filter. Which statements got slow, and which did not?',
      },
    ],
    trace(trace, traces) {
      const [slow] = named('SELECT bookings', trace)
        .filter((span) => filtersByIt(statementOf(span)) && span.startMs >= beganAt.getTime())
        .toSorted((a, b) => b.durationMs - a.durationMs)
      const before = usual(traces)
      if (slow !== undefined && slow.durationMs > 2 && slow.durationMs >= FACTOR * before)
        return shows(
          `The statement that filters by ${column} takes ${ms(slow.durationMs)}${before > 0 ? `, and took ${before.toFixed(1)} ms` : ''}.`,
        )
      if (isWaitingForConnection(trace))
        return symptom('It waits for a connection, which another statement has. Which one takes so long?')
      return nothing('An ordinary one: its statements are about as fast as ever.')
    },
    line: ({ route, method, latency }) =>
      route === '/v1/bookings' && method === 'GET' && Number(latency) > 20
        ? symptom('The line says that the list was slow. Its trace says which statement it was.')
        : nothing('The line of a request that is as fast as ever.'),
    query({ question: { query }, answer: { data } }) {
      if (!/db_client_operation/.test(query)) return symptom('It shows that something is slow. Which statement?')
      const rows = rowsOf(data)
      const isDrop = (operation: string | undefined) =>
        operation === 'DROP' || (operation === undefined && /DROP/.test(query))
      if (rows.some(({ labels }) => isDrop(labels.operation))) return shows('A statement DROP was executed, once.')
      const row = rows.find(({ labels }) => (labels.table ?? 'bookings') === 'bookings')
      return row !== undefined && (standsOut(row, rows, FACTOR) || hasRisen(row, FACTOR))
        ? symptom('Statements on bookings have become slow. Which of them, and since what was done?')
        : nothing('It does not show what has changed. Compare operations and tables, or look at a range: --last 5m.')
    },
  }
}
