import t from 'tap'
import { checkFreshServer } from '../../tutor/check/every-phase.ts'
import { LESSONS } from '../../tutor/check/lessons.ts'
import { describe } from '../../tutor/check/report.ts'

for (const lesson of LESSONS) {
  // The lessons after the fifth ask what earlier phases emit too, so only the bare server fails all of their claims.
  const phase = lesson <= 5 ? lesson - 1 : 0
  t.test(`no claim of lesson ${lesson} holds in phase ${phase}`, async (t) => {
    const outcomes = await checkFreshServer({ lesson, phase, timeoutMs: 200 }, t)
    t.ok(outcomes.length >= 6)
    for (const outcome of outcomes) {
      t.notOk(outcome.ok, outcome.claim.title)
      t.match(describe(outcome), /^✗ .+\n {4}expected: .+\n {4}seen: {5}(.|\n)+\n {4}hint: {5}.+/)
    }
  })
}
