import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { parseLogLines, readLogLines, waitForLine } from '../../testkit/log-file.ts'

t.test('parses finished lines', async (t) => {
  t.strictSame(parseLogLines(''), [])
  t.match(parseLogLines('{"message":"a"}\n{"message":"b"}\n{"mess'), [{ message: 'a' }, { message: 'b' }])
})

t.test('shows a line that is not a JSON object, verbatim', async (t) => {
  const forged = 'x"} {"level":"fatal"'
  t.throws(() => parseLogLines(`{}\n${forged}\n{}\n`), { message: `log line 2 is not a JSON object:\n${forged}` })
  for (const line of ['', '[]', '"text"', 'null', '{}{}'])
    t.throws(() => parseLogLines(`${line}\n`), { name: 'GiveUp' })
})

t.test('waits for a line, also while there is no file yet', async (t) => {
  const path = join(t.testdir(), 'app.log')
  await t.rejects(readLogLines(path), { code: 'ENOENT' })
  const line = waitForLine(path, 'the second', ({ n }) => n === 2)
  await appendFile(path, '{"n":1}\n{"n"')
  await appendFile(path, ':2}\n')
  t.match(await line, { n: 2 })
})

t.test('fails with the existing lines, or at once with a malformed one', async (t) => {
  const path = join(t.testdir({ 'app.log': '{"n":1}\n' }), 'app.log')
  const third = () => waitForLine(path, 'the third', ({ n }) => n === 3, { timeout: 500 })
  await t.rejects(third(), /waited 500 ms for a log line \(the third\).*\n\{"n":1\}/)
  await appendFile(path, 'oops\n')
  await t.rejects(third(), { message: 'log line 2 is not a JSON object:\noops' })
})
