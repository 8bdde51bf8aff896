import { renameSync, rmSync } from 'node:fs'
import t from 'tap'
import { Learner } from './learner.ts'

const FILE = 'phases/1-logging/exercises/1.2-keep-secrets.ts'
const SOLUTION = 'phases/1-logging/solutions/1.2-keep-secrets.ts'
const HANDED_OUT = "log.info({ payment }, 'payment received')"

t.setTimeout(240_000)

t.test('npm run exercise 1.2 watches the file until the exercise is solved', async (t) => {
  const learner = new Learner(t)
  const original = learner.read(FILE)
  const write = (part: string) => learner.save(FILE, original.replace(HANDED_OUT, part))
  const session = learner.start(['1.2'])

  t.test('the original file', async (t) => {
    const printed = await session.prints(/--hint/)
    t.match(printed, 'Exercise 1.2: Keep secrets out of the log')
    t.match(printed, /✓ the line says which payment it was[\s\S]*✗ the card and the customer stay out/)
    t.match(printed, 'Stuck? npm run exercise 1.2 -- --hint')
  })

  t.test('progress', async (t) => {
    write("log.info({ payment: { id: payment.id, amount: payment.amount, currency: payment.currency } }, 'payment')")
    t.match(await session.prints(/--hint/), /✓ the card and the customer stay out[\s\S]*✗ the last four digits/)
  })

  t.test('a type error', async (t) => {
    write('log.info(payment.cart.number)')
    const printed = await session.prints(/--hint/)
    t.match(printed, "line 26: Property 'cart' does not exist on type 'Payment'.")
  })

  t.test('a call that matches no overload, with the reason', async (t) => {
    write('structuredClone(payment, 1)')
    t.match(await session.prints(/--hint/), /line 26: Type '1' has no properties in common|line 26: .+\n {8,}\S/)
  })

  t.test('a syntax error', async (t) => {
    write('log.info({ payment')
    t.match(await session.prints(/--hint/), /✗ TypeScript understands the file\n +line \d+: /)
  })

  t.test('a missing export', async (t) => {
    learner.save(FILE, original.replace('export function logPayment', 'export function log'))
    t.match(await session.prints(/--hint/), /expected {2}an export called logPayment\n +seen {6}exports called log\n/)
  })

  t.test('an error', async (t) => {
    write("throw new RangeError('my mistake')")
    t.match(await session.prints(/--hint/), `RangeError: my mistake\n      at line 26 of ${FILE}\n`)
  })

  t.test('an unhandled error', async (t) => {
    write("setImmediate(() => { throw new RangeError('late mistake') })")
    t.match(await session.prints(/--hint/), 'RangeError: late mistake')
  })

  t.test('the end of the process', async (t) => {
    write('process.exit(3)')
    t.match(await session.prints(/--hint/), /✗ your code leaves the process alone[\s\S]*exit code 3/)
  })

  t.test('shows its output, but not the server’s log', async (t) => {
    write(`console.log('amount is', payment.amount)\n  ${HANDED_OUT}`)
    const printed = await session.prints(/--hint/)
    t.match(printed, /Your code printed:\n {4}amount is \d+\n/)
    t.notMatch(printed, '"level"')
  })

  t.test('an endless loop, stopped by a save', async (t) => {
    write('for (;;) {}')
    await session.prints(/checking/)
    write('log.info(1 as never)')
    t.match(await session.prints(/--hint/), /✗ the line says which payment/)
  })

  t.test('a removed file', async (t) => {
    rmSync(learner.path(FILE))
    t.match(await session.prints(/missing/), `${FILE} is missing`)
    t.ok(session.isRunning)
  })

  t.test('an editor that replaces the file, and the right answer', async (t) => {
    learner.save(`${FILE}.tmp`, learner.read(SOLUTION))
    renameSync(learner.path(`${FILE}.tmp`), learner.path(FILE))
    const printed = await session.prints(/Next: /)
    t.match(printed, 'Solved: Keep secrets out of the log.')
    t.match(printed, 'Next: npm run exercise 1.3    One error, one line')
    t.equal(await session.ended, 0)
    t.match((await learner.run([])).output, /\b1 of \d+ solved/)
  })
})

t.test('npm run exercise 6.9 watches a query', async (t) => {
  const learner = new Learner(t)
  const name = '6.9-all-lines-of-one-request.logql'
  const file = `lessons/6-asking/exercises/${name}`
  const original = learner.read(file)
  const session = learner.start(['6.9'])
  t.match(await session.prints(/--hint/), /✗ the result is right[\s\S]* missing .*\n[\s\S]*Your query over the data/)

  learner.save(file, original.replace(/^\{.*/m, '{service=~'))
  t.match(await session.prints(/--hint/), /✗ Loki understands the query\n.*\n +seen +parse error at line \d+, col 1: /)

  learner.save(file, learner.read(`lessons/6-asking/solutions/${name}`))
  t.match(await session.prints(/Next:/), 'Solved: All lines of one request.')
  t.equal(await session.ended, 0)
})
