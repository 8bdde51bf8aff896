import { existsSync, rmSync } from 'node:fs'
import t from 'tap'
import { Matcher } from '../../../query/series/matcher.ts'
import { readOpenMetrics } from '../../../query/series/read-openmetrics.ts'
import { catalogue } from '../../../tutor/exercise/catalogue.ts'
import { Learner } from './learner.ts'

const FILE = 'phases/3-metrics/exercises/3.1-bounded-label.ts'
const SOLUTION = 'phases/3-metrics/solutions/3.1-bounded-label.ts'
const QUERY = 'lessons/6-asking/exercises/6.1-requests-per-second.promql'
const QUERY_SOLUTION = 'lessons/6-asking/solutions/6.1-requests-per-second.promql'
const COUNT = catalogue().length

t.test('npm run exercise', async (t) => {
  const learner = new Learner(t)
  const handedOut = learner.read(FILE)

  t.test('lists the exercises of each phase and the next one', async (t) => {
    const { code, output } = await learner.run([])
    t.equal(code, 0)
    t.match(output, /Phase 1\n {2}· 1\.1 {2}The right level\n/)
    t.match(output, /Phase 5\n/)
    t.match(output, /Lesson 6\n {2}· 6\.1 {2}Requests per second\n/)
    t.match(output, `0 of ${COUNT} solved`)
    t.match(output, 'Next: npm run exercise 1.1    phases/1-logging/exercises/1.1-right-level.ts')
  })

  t.test('lists solved exercises, watched or not, and missing files', async (t) => {
    learner.save(FILE, learner.read(SOLUTION))
    rmSync(learner.path('phases/1-logging/exercises/1.2-keep-secrets.ts'))
    const { output } = await learner.run([])
    t.match(output, '✓ 3.1  A label that stays bounded')
    t.match(output, '! 1.2  Keep secrets out of the log  (its file is missing)')
    t.match(output, `1 of ${COUNT} solved`)

    learner.save(FILE, learner.read(SOLUTION).replace("? name : 'other'", ": 'ios'"))
    t.match((await learner.run([])).output, '· 3.1', 'a change takes the mark away')
  })

  t.test('--once checks once, and the exit code is the result', async (t) => {
    learner.save(FILE, handedOut)
    const open = await learner.run(['3.1', '--once'])
    t.equal(open.code, 1)
    t.match(open.output, /✗ requests of one app.*\n +expected .*\n +seen .*\n +look at/)
    learner.save(FILE, learner.read(SOLUTION))
    const solved = await learner.run(['3.1', '--once'])
    t.equal(solved.code, 0)
    t.match(solved.output, /Solved: A label that stays bounded\.\n {2}Next: npm run exercise 3\.2/)
  })

  t.test('--hint shows one more hint each time', async (t) => {
    t.notMatch((await learner.run(['3.1', '--hint'])).output, 'Hint 2')
    t.match((await learner.run(['3.1', '--hint'])).output, /Hint 1 of 3[\s\S]*Hint 2 of 3/)
    await learner.run(['3.1', '--hint'])
    t.match((await learner.run(['3.1', '--hint'])).output, /Hint 3 of 3[\s\S]*That was the last one/)
  })

  t.test('--solution is a diff against the learner’s file', async (t) => {
    learner.save(FILE, handedOut.replace('return String(header)', 'return mine(header)'))
    const { code, output } = await learner.run(['3.1', '--solution'])
    t.equal(code, 0)
    t.match(output, `--- ${FILE}\n+++ ${SOLUTION}\n@@ `)
    t.match(output, /^- {2}return mine\(header\)$/m)
    t.match(output, /^\+ {2}return \['ios', 'android', 'web'\]/m)
    t.notMatch(output, /^[-+].*Counter/m, 'and nothing else')
    learner.save(FILE, learner.read(SOLUTION))
    t.match((await learner.run(['3.1', '--solution'])).output, 'word for word')
  })

  t.test('--reset restores the file in any state, and backs up the learner’s version', async (t) => {
    learner.save(FILE, 'all is lost')
    const { code, output } = await learner.run(['3.1', '--reset'])
    t.equal(code, 0)
    t.equal(learner.read(FILE), handedOut)
    const [, kept = ''] = /kept in (\S+)/.exec(output) ?? []
    t.equal(learner.read(kept), 'all is lost')

    learner.save(FILE, 'once more')
    await learner.run(['3.1', '--reset'])
    t.equal(learner.read(kept), 'all is lost', 'what was kept before is still there')

    rmSync(learner.path(FILE))
    t.notMatch((await learner.run(['3.1', '--reset'])).output, 'kept in')
    t.equal(learner.read(FILE), handedOut)
    t.notMatch((await learner.run(['3.1', '--reset'])).output, 'kept in', 'nothing was changed')
  })

  t.test('an exercise whose answer is a query', async (t) => {
    const handedOut = learner.read(QUERY)
    t.match((await learner.run(['6.1', '--hint'])).output, 'Hint 1 of 3')
    const open = await learner.run(['6.1', '--once'])
    t.equal(open.code, 1)
    t.match(
      open.output,
      /✗ the result is right .*\n +expected .*\n +seen .*\n +look at .*\n\n +series +expected +seen\n/,
    )
    t.match(open.output, /Your query over the data of --data, at 2026-.*:\n\n +series +value\n +\{.*\} +\d+\n/)

    learner.save(QUERY, handedOut.replace(/^http.*/m, 'sum(rate(http_server_request_count_total[5m])) by (route)'))
    const solved = await learner.run(['6.1', '--once'])
    t.equal(solved.code, 0)
    t.match(solved.output, 'Solved: Requests per second.\n  Next: npm run exercise 6.2')
    t.match((await learner.run([])).output, '✓ 6.1  Requests per second')
    t.match((await learner.run(['6.1', '--solution'])).output, `--- ${QUERY}\n+++ ${QUERY_SOLUTION}\n@@ `)

    t.match((await learner.run(['6.1', '--reset'])).output, 'kept in .tutor/kept/6.1-requests-per-second.1.promql')
    t.equal(learner.read(QUERY), handedOut)
  })

  t.test('--data writes data that npm run query serves', async (t) => {
    const { code, output } = await learner.run(['6.1', '--data'])
    t.equal(code, 0)
    const [, file = ''] = /npm run query -- --metrics (\S+)\n/.exec(output) ?? []
    t.match(output, / npm run ask -- --url http:\/\/127\.0\.0\.1:9091 --at 2026-\S+Z '.+'\n/)
    const store = readOpenMetrics(learner.read(file))
    t.ok(store.select([new Matcher('__name__', '=', 'http_server_request_count_total')]).length > 4)
    const none = await learner.run(['3.1', '--data'])
    t.equal(none.code, 1)
    t.match(none.output, 'Exercise 3.1 has no data to look at.')
  })

  t.test('options that npm has consumed work too', async (t) => {
    t.match((await learner.run(['2.1'], { npm_config_hint: 'true' })).output, 'Hint 1 of 3')
  })

  t.test('explains an invalid command', async (t) => {
    const refused = async (args: readonly string[], expected: RegExp | string) => {
      const { code, output } = await learner.run(args)
      t.equal(code, 1, args.join(' '))
      t.match(output, expected)
      t.notMatch(output, /^ +at /m, 'without a stack')
    }
    await refused(['9.9'], /There is no exercise 9\.9\. There are 1\.1, .*5\.3, 6\.1, .*\d\.\n/)
    await refused(['bounded'], 'There is no exercise bounded')
    await refused(['3.1', '--solve'], /Unknown option '--solve'\.\n\n {2}npm run exercise /)
    await refused(['3.1', '3.2'], 'One exercise and one option at a time')
    await refused(['3.1', '--hint', '--reset'], 'One exercise and one option at a time')
    await refused(['--hint'], '--hint needs the number of an exercise')
    rmSync(learner.path(FILE))
    await refused(['3.1'], `${FILE} is missing. npm run exercise 3.1 -- --reset brings it back.`)
    rmSync(learner.path('phases/2-request-logging/exercises'), { recursive: true })
    await refused(['2.1'], 'is missing')
    t.ok(existsSync(learner.path(SOLUTION)))
  })

  t.test('names the remedy for a corrupt progress file', async (t) => {
    learner.save('.tutor/exercises.json', '{')
    const { code, output } = await learner.run(['2.2', '--hint'])
    t.equal(code, 1)
    t.match(output, 'exercises.json cannot be read. Remove it')
    t.notMatch(output, /^ +at /m, 'without a stack')
  })
})
