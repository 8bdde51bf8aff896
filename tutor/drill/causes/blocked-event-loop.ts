import { type Cause, nothing, shows, symptom } from '../cause.ts'
import type { ParametersOf } from '../fault.ts'
import type { blockedEventLoop } from '../faults/blocked-event-loop.ts'
import type { Run } from '../incident.ts'
import { hasRisen, rowsOf, standsOut } from '../rows.ts'
import { ms, uncoveredMs } from '../span-facts.ts'

/** Longer than an ordinary request computes, even on a busy machine. */
const LONG_MS = 60

const ROUTES = {
  createBooking: { route: '/v1/bookings', words: /creat|new booking|post \/v1\/bookings(?![/:])|\/v1\/bookings(?!\S)/ },
  reserveBooking: { route: '/v1/bookings/:booking_id:reserve', words: /reserv/ },
  completeBooking: { route: '/v1/bookings/:booking_id:complete', words: /complet/ },
} as const

export const blockedEventLoopCauses = ({
  parameters: { command },
}: Run<ParametersOf<typeof blockedEventLoop>>): Cause[] => {
  const { route, words } = ROUTES[command]
  return [
    {
      name: `POST ${route} computes in the one thread that all requests share, for longer the more bookings there have been`,
      related: ['a blocked event loop'],
      terms: [
        {
          words: /event.?loop|thread|block|\bcpu\b|comput|calculat|synchronous|compar|busy/,
          missing: 'Something takes so long there. Why do all others wait meanwhile, even /hello?',
        },
        { words, missing: 'Which route takes it all?' },
      ],
      trace(trace) {
        const gap = uncoveredMs(trace)
        const isGuilty = trace.root.name === `POST ${route}`
        if (isGuilty && gap > LONG_MS && gap > trace.root.durationMs / 3)
          return shows(`${ms(gap)} of ${ms(trace.root.durationMs)} are in no span: the app computes.`)
        if (trace.root.durationMs > LONG_MS)
          return symptom(
            'It was slow because something else had the thread. Look for a route whose every trace has a gap.',
          )
        return nothing('An ordinary one: its spans cover it.')
      },
      line: ({ latency }) =>
        Number(latency) > LONG_MS
          ? symptom('The line says that the request was slow, not whether it computed or waited. Its trace says so.')
          : nothing('The line of a request that took no long time in the server.'),
      query({ question: { query }, answer: { data } }) {
        const rows = rowsOf(data)
        if (/eventloop_lag/.test(query))
          return rows.some((row) => hasRisen(row, 2))
            ? symptom('The thread is taken for longer and longer. By which route?')
            : nothing('It does not show that anything has changed. Look at a range: --last 5m.')
        if (/cpu/.test(query)) return symptom('The process computes more. What for?')
        if (!/duration|latency/.test(query)) return nothing('It is about something else.')
        const guilty = rows.find(({ labels }) => labels.route === route)
        return guilty !== undefined && standsOut(guilty, rows, 1.5)
          ? shows(`${route} takes far longer than all other routes.`)
          : symptom('It shows that requests are slow. Which route stands out?')
      },
    },
  ]
}
