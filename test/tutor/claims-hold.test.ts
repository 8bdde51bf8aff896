import t from 'tap'
import { LESSONS } from '../../tutor/check/lessons.ts'
import { check } from './learner-commands.ts'

/** A server for each lesson, one after the other. */
const TIMEOUT_MS = 180_000

t.setTimeout(TIMEOUT_MS)
t.test('every claim of every lesson holds', { timeout: TIMEOUT_MS }, async (t) => {
  const { code, stdout, stderr } = await check([])
  t.equal(code, 0, stdout + stderr)
  for (const lesson of LESSONS) t.match(stdout, new RegExp(`^Lesson ${lesson}\n(✓ .+\n){6}`, 'm'))
  t.match(stdout, /^All \d\d claims hold\.$/m)
})
