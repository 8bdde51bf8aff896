import t from 'tap'
import { type Call, CallLog } from '../../../tutor/drill/call-log.ts'

function call(route: string, waitedMs: number, given: Partial<Call> = {}): Call {
  return { route, waitedMs, dueAt: Date.now() - waitedMs, status: 200, requestId: `id-${waitedMs}`, ...given }
}

t.test('clients shows how long callers waited, by route', (t) => {
  const log = new CallLog('logs/drill')
  for (let ms = 1; ms <= 200; ms++) log.add(call('GET /hello', ms))
  log.add(call('POST /v1/bookings', 20_000, { status: 0, requestId: undefined }))
  log.add(call('POST /v1/bookings', 30, { status: 503 }))
  const table = log.run('clients') ?? ''
  t.match(table, /in the last 30 seconds/)
  t.match(table, /^ {2}GET \/hello +200 +0 +0 +100 ms +198 ms +200 ms +id-200$/m)
  t.match(table, /^ {2}POST \/v1\/bookings +2 +1 +1 +30 ms +20000 ms +20000 ms +no answer$/m)
  t.match(table, /! grep <x-request-id> logs\/drill\/app\.log/)
  t.end()
})

t.test('earlier calls are left out, except by clients all', (t) => {
  const log = new CallLog('logs/drill')
  log.add(call('GET /hello', 7, { dueAt: Date.now() - 40_000 }))
  t.match(log.run('clients'), /No call has ended/)
  t.match(log.run('clients 60'), /in the last 60 seconds[\s\S]*GET \/hello +1 /)
  t.match(log.run('clients all'), /since the drill began[\s\S]*GET \/hello +1 /)
  t.end()
})

t.test('ignores other commands, and explains mistakes', (t) => {
  const log = new CallLog('logs/drill')
  t.equal(log.run('traces newest'), undefined)
  t.equal(log.run('b'), undefined)
  t.match(log.run('clients soon'), /clients <seconds>/)
  t.end()
})
