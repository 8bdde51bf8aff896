import t from 'tap'
import { GiveUp, waitFor } from '../../testkit/wait-for.ts'

t.test('returns the first defined value', async (t) => {
  const answers = [undefined, null, false, 0]
  t.equal(await waitFor('a number', () => answers.shift(), { interval: 1 }), 0)
  t.equal(await waitFor('a promise', async () => 'x'), 'x')
})

t.test('reports what it waited for and the last value', async (t) => {
  const quick = { timeout: 30, interval: 1 }
  await t.rejects(
    waitFor('godot', () => undefined, quick),
    { message: 'waited 30 ms for godot; last seen: undefined' },
  )
  await t.rejects(
    waitFor('godot', () => false, { ...quick, seen: () => ({ boys: 1 }) }),
    { message: 'waited 30 ms for godot; last seen: { boys: 1 }' },
  )
})

t.test('an error means "not yet", and is the cause at the end', async (t) => {
  const refused = new Error('refused')
  let calls = 0
  const probe = () => {
    calls++
    throw refused
  }
  await t.rejects(waitFor('a server', probe, { timeout: 50, interval: 1 }), { cause: refused, message: /refused/ })
  t.ok(calls > 1)
})

t.test('stops at once when aborted', async (t) => {
  const probe = () => {
    throw new GiveUp('it is dead')
  }
  await t.rejects(waitFor('a dead thing', probe), { name: 'GiveUp', message: 'it is dead' })
})

t.test('stops a probe that never answers', async (t) => {
  await t.rejects(
    waitFor('nothing', () => new Promise<void>(() => undefined), { timeout: 30 }),
    { message: 'waited 30 ms for nothing; last seen: no answer from the probe' },
  )
})
