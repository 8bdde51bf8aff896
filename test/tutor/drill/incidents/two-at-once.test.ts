import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { waitFor } from '../../../../testkit/wait-for.ts'
import { CALM, startDrill, tryDebrief } from '../drill-process.ts'

t.test('10: two faults, found in free form, and a postmortem', async (t) => {
  const drill = await startDrill(t, ['10', '--seed', '20', '--calm', CALM])
  t.match(drill.output(), /What is the cause, and what shows it\?/)
  const completing = { route: '/v1/bookings/:booking_id:complete' }
  await waitFor('a payment that fails', async () => {
    const statuses = (await drill.requests(completing)).map(({ status }) => status)
    return statuses.includes(503) && statuses
  })
  const [warm] = await drill.scrapes()
  const count = 'http_server_request_count_total'
  const counted = (status: string) => warm?.total(count, { ...completing, status }) ?? 0
  t.ok(counted('200') > counted('503'), 'at first they succeed')

  t.match(await drill.say('The database is overloaded, so payments time out'), /does not show a slow database/)
  const failures = 'ask sum by (route, status) (http_server_request_count_total{status=~"5.."})'
  const shown = await waitFor('a scrape of it', async () => {
    const reply = await drill.say(failures)
    return /:complete +503/.test(reply) && reply
  })
  const ask = /This is (ask \d+)/.exec(shown)?.[1]
  t.match(
    await drill.say(`Payments wait for a receipt too long and give up, see ${ask}`),
    /The cause fits; nothing you cited shows it\.\n {2}ask \d+: that is a symptom/,
  )
  await drill.say('traces failed :complete')
  t.match(await drill.say('trace 2'), / POST +course-app/)
  const half = await drill.say('trace 2 shows it')
  t.match(half, /^Right: .*receipts[\s\S]*Something else is wrong as well/)
  t.notMatch(half, /Debrief/)

  const query = 'sum by (operation) (db_client_operation_duration_seconds_count)'
  const column = await columnOfSlowest(drill.say)
  t.match(await drill.say(`see \`${query}\``), /That shows it/)
  const found = await drill.say(`Nobody creates the index on ${column} any more: it is missing`)
  t.match(
    found,
    /^Right: the index on \w+ is missing[\s\S]*Two faults at once\. [\s\S]*Found with answer 3, by trace [0-9a-f]{32}; found with answer 5, by ask \d+, after 0 min/,
  )
  await tryDebrief(t, drill)

  t.match(await drill.say('postmortem'), /^logs\/drill\/postmortem\.md has what you found/)
  const path = join(drill.folder, 'logs/drill/postmortem.md')
  const report = await readFile(path, 'utf8')
  t.match(report, /^# Postmortem: When it rains\n/)
  t.match(report, /\| POST \/v1\/bookings\/:booking_id:complete \| \d+ \| [1-9]\d* \| 0 \| \d+ ms \|/)
  t.match(
    report,
    /\| \d\d:\d\d:\d\d \| It began\. .*\n\| \d\d:\d\d:\d\d \| The pager went off\. \|\n\| .*Cause found, with answer 3: Payments wait/,
  )
  t.match(report, /## Cause\n\n> Payments wait for a receipt too long and give up\n\n> Nobody creates the index/)
  t.match(report, /## Evidence\n\n- trace [0-9a-f]{32}: .*\n- ask \d+: A statement DROP/)
  t.match(report, /## What went badly\n\n_To fill in/)
  t.match(await drill.say('postmortem'), /has what you found/)
  t.match(await drill.say('! ls logs/drill'), /postmortem-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.md/, 'the first one is kept')
  t.equal(await drill.end(), 0)
  t.equal(drill.stderr(), '')
})

/** By which column the slowest list filters. */
async function columnOfSlowest(say: (line: string) => Promise<string>): Promise<string> {
  await say('traces slowest GET /v1/bookings')
  const columns: string[] = []
  for (const nth of [1, 2, 3, 4, 5, 6, 7]) {
    await say(`trace ${nth}`)
    columns.push(/where "bookings"\."(\w+)" =/.exec(await say('span 2'))?.[1] ?? 'none')
  }
  const count = (column: string) => columns.filter((each) => each === column).length
  return columns.toSorted((a, b) => count(b) - count(a))[0] as string
}
