import { readFileSync } from 'node:fs'
import t from 'tap'
import { CallLog } from '../../../tutor/drill/call-log.ts'
import { fillTemplate, type IncidentRecord } from '../../../tutor/drill/postmortem.ts'

const template = readFileSync(new URL('../../../../lessons/7-alerting/postmortem.md', import.meta.url), 'utf8')

const incident: IncidentRecord = {
  title: 'All is slow',
  report: 'Nothing works.',
  beganAt: new Date('2026-01-31T23:59:50Z'),
  pagedAt: new Date('2026-02-01T00:00:05Z'),
  endedAt: new Date('2026-02-01T00:10:00Z'),
  findings: [],
  missed: 1,
  tries: 0,
  hasAskedForQuestions: false,
  impact: [],
}

const cause = { name: 'a cause', terms: [], related: [] }

t.test('a postmortem has what the learner found', (t) => {
  const found = {
    cause,
    words: 'A | B costs $& more',
    evidence: [{ name: 'trace 1', because: 'It says so.' }],
    at: new Date('2026-02-01T00:09:00Z'),
    tries: 2,
  }
  const text = fillTemplate(template, { ...incident, findings: [found], missed: 0, tries: 2 })
  t.match(text, /^# Postmortem: All is slow\n/)
  t.match(text, /\| Date \| 2026-01-31 \|/)
  t.match(text, /## Detection\n\nThe pager went off 15 s after it began\. The report: "Nothing works\."\n\n_To fill in/)
  t.match(text, /\| 23:59:50 \| It began[\s\S]*\| 00:09:00 \| Cause found, with answer 2: A \\\| B costs \$& more \|\n/)
  t.match(text, /\| 00:10:00 \| End of the investigation, after 2 answers in free form\. \|/)
  t.match(text, /## Cause\n\n> A \| B costs \$& more\n\n_To fill in/)
  t.match(fillTemplate(template, { ...incident, findings: [found] }), /; the rest was told\./)
  t.match(text, /## Evidence\n\n- trace 1: It says so\.\n\n_To fill in/)
  t.end()
})

t.test('what was not found stays to be filled in', (t) => {
  const text = fillTemplate(template, { ...incident, hasAskedForQuestions: true })
  t.match(text, /## Cause\n\n_To fill in/)
  t.match(text, /## Evidence\n\n_To fill in/)
  t.match(text, /after 0 answers in free form and with guided questions; the cause was told\./)
  for (const [heading] of template.matchAll(/^## .*$/gm)) t.ok(text.includes(heading), heading)
  t.throws(() => fillTemplate('# Postmortem', incident), /no section Impact/)
  t.end()
})

t.test('the impact is what callers saw, compared with before', (t) => {
  const log = new CallLog('logs')
  const beganAt = new Date(1000)
  const call = (dueAt: number, waitedMs: number, status = 200) =>
    log.add({ route: 'GET /a', dueAt, waitedMs, status, requestId: undefined })
  for (const ms of [1, 2, 3]) call(500, ms)
  for (const ms of [10, 30, 20]) call(1500, ms)
  call(1600, 40, 503)
  call(1600, 50, 0)
  log.add({ route: 'GET /new', dueAt: 1700, waitedMs: 5, status: 200, requestId: undefined })
  t.strictSame(log.impactSince(beganAt), [
    { route: 'GET /a', calls: 5, failed: 1, unanswered: 1, medianMs: 30, medianBeforeMs: 2, slowestMs: 50 },
    { route: 'GET /new', calls: 1, failed: 0, unanswered: 0, medianMs: 5, medianBeforeMs: undefined, slowestMs: 5 },
  ])
  const text = fillTemplate(template, { ...incident, impact: log.impactSince(beganAt) })
  t.match(text, '| GET /a | 5 | 1 | 1 | 30 ms | 2 ms | 50 ms |\n| GET /new | 1 | 0 | 0 | 5 ms |  | 5 ms |\n')
  t.end()
})
