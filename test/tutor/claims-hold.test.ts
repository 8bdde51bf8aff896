import t from 'tap'
import { check } from './learner-commands.ts'

t.test('every claim of every lesson holds', async (t) => {
  const { code, stdout, stderr } = await check([])
  t.equal(code, 0, stdout + stderr)
  for (const phase of [1, 2, 3, 4, 5]) t.match(stdout, new RegExp(`^Phase ${phase}\n(✓ .+\n){6}`, 'm'))
  t.match(stdout, /^All \d\d claims hold\.$/m)
})
