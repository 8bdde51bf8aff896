import t from 'tap'
import { catalogue, type Entry } from '../../../tutor/exercise/catalogue.ts'
import { check } from '../../../tutor/exercise/verdict.ts'
import { formatVerdict } from '../../../tutor/exercise/verdict-text.ts'

t.setTimeout(240_000) // a process for each module

for (const entry of catalogue()) {
  t.test(`${entry.solution} solves exercise ${entry.number}`, async (t) => {
    const { met, problem, printed } = await check(entry, entry.solution)
    t.strictSame(problem, undefined)
    t.ok(met.length >= 3, `${met.length} claims were checked`)
    t.equal(printed, '')
  })
}

t.test('code that hangs is stopped', async (t) => {
  const entry = catalogue().find(({ number }) => number === '1.2') as Entry
  const { problem } = await check(entry, 'test/tutor/exercise/hanging.ts', { seconds: 3 })
  t.strictSame(problem, { kind: 'hung', seconds: 3 })
  t.match(
    formatVerdict(entry, { met: [], printed: '', problem }),
    /✗ your code comes to an end\n +expected .* 3 seconds/,
  )
})
