import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { runUnitTests } from '../../query/rules/run-unit-tests.ts'
import { consoleBlocks } from '../../tutor/learn/console-block.ts'
import { root } from './documents.ts'
import { testThatFollows } from './follow.ts'

const FOLDER = 'lessons/7-alerting'
const read = (name: string) => readFileSync(join(root, FOLDER, name), 'utf8')

testThatFollows(`${FOLDER}/README.md`)

t.test('the rules at the end of the lesson are those at its beginning and the alert', async (t) => {
  const steps = consoleBlocks(read('README.md')).flatMap((block) => block.steps)
  const alert = steps.find(({ file }) => file === `${FOLDER}/my.rules.yml`)?.output
  t.equal(rulesIn(read('finished.rules.yml')), rulesIn(`${read('my.rules.yml')}${alert}`))
})

t.test('the test of the lesson fails without the alert, and for each part that is missing', async (t) => {
  const finished = read('finished.rules.yml')
  const failuresOf = (rules: string) => {
    const folder = t.testdir({ 'my.rules.yml': rules, 'my.test.yml': read('my.test.yml') })
    return runUnitTests(join(folder, 'my.test.yml')).failures
  }
  t.strictSame(failuresOf(finished), [])
  t.ok(failuresOf(read('my.rules.yml')).length > 0, 'as it is handed out')
  const without = (part: string) => {
    t.ok(finished.includes(part), part)
    return failuresOf(finished.replace(part, ''))
  }
  for (const part of ['        for: 15s\n', ' and job:slo_errors:ratio_rate10s > 14.4 * 0.005'])
    t.ok(without(part).length > 0, `without ${part.trim()}`)
})

/** Without comments and blank lines. */
function rulesIn(yaml: string): string {
  return yaml
    .replace(/^ *#.*\n/gm, '')
    .replace(/\n+/g, '\n')
    .trim()
}
