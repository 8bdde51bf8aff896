import t from 'tap'
import { checkFreshServer } from '../../tutor/check/every-phase.ts'
import { describe } from '../../tutor/check/report.ts'

for (const phase of [1, 2, 3, 4, 5]) {
  t.test(`no claim of lesson ${phase} holds in the previous phase`, async (t) => {
    const outcomes = await checkFreshServer({ phase: phase - 1, claims: phase, timeoutMs: 200 }, t)
    t.ok(outcomes.length >= 6)
    for (const outcome of outcomes) {
      t.notOk(outcome.ok, outcome.claim.title)
      t.match(describe(outcome), /^✗ .+\n {4}expected: .+\n {4}seen: {5}(.|\n)+\n {4}hint: {5}.+/)
    }
  })
}
