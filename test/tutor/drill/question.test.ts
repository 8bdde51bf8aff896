import t from 'tap'
import { incidents } from '../../../tutor/drill/incidents.ts'
import { choice, number, time, word } from '../../../tutor/drill/question.ts'
import { seededRandom } from '../../../tutor/drill/random.ts'

const asked = { ask: 'What?', hints: [] }

t.test('the same seed gives the same numbers', (t) => {
  const throws = (seed: number) => {
    const random = seededRandom(seed)
    return Array.from({ length: 50 }, () => random.number(1, 6))
  }
  t.strictSame(throws(7), throws(7))
  t.notSame(throws(7), throws(8))
  t.strictSame([...new Set(throws(7))].sort(), [1, 2, 3, 4, 5, 6])
  t.strictSame(seededRandom(3).shuffle([1, 2, 3, 4]).toSorted(), [1, 2, 3, 4])
  t.end()
})

t.test('a name is accepted in any copied form', (t) => {
  const { check } = word({ ...asked, form: 'a route', right: ['/v1/courses', 'list'], nudge: 'No.' })
  for (const right of ['/v1/courses', 'GET /v1/courses', '"/v1/courses"', '/V1/Courses/', 'list'])
    t.equal(check(right), undefined, right)
  for (const wrong of ['/v1/course', 'courses', '/v1/courses/:course_id']) t.equal(check(wrong), 'No.', wrong)
  t.end()
})

t.test('a number has a tolerance', (t) => {
  const { check } = number({ ...asked, form: 'a number', right: 80, within: 2, nudge: 'No.' })
  for (const right of ['80', '78', '82', '81.5 ms']) t.equal(check(right), undefined, right)
  for (const wrong of ['77', '83', '-80']) t.equal(check(wrong), 'No.', wrong)
  t.equal(check('many'), 'Answer with a number.')
  t.end()
})

t.test('a time of day has a tolerance, also around midnight', (t) => {
  const { check, solution } = time({ ...asked, right: new Date('2026-01-31T23:59:58.500Z'), within: 10 })
  t.equal(solution, '23:59:58')
  for (const right of ['23:59:58', '23:59:50', '00:00:07', '2026-01-31T23:59:58.123Z', '0:00:01Z'])
    t.equal(check(right), undefined, right)
  t.match(check('23:50:10'), /all was well/)
  t.match(check('00:04:00'), /going on for a while/)
  t.match(check('00:59:59'), /time zone/)
  t.match(check('05:29:58'), /time zone/)
  t.match(check('23:59'), /hours, minutes and seconds/)
  t.match(check('now'), /such as 14:05:30/)
  t.end()
})

t.test('an option is chosen by its letter', (t) => {
  const {
    check,
    options = [],
    solution,
  } = choice({ ...asked, right: 'yes', wrong: { no: 'Not so.', never: 'Not that.' } }, seededRandom(5))
  t.strictSame(options.toSorted(), ['never', 'no', 'yes'])
  t.equal(options['abc'.indexOf(solution)], 'yes')
  t.equal(check(solution.toUpperCase()), undefined)
  t.equal(check(`${solution})`), undefined)
  t.equal(check('abc'['abc'.indexOf(solution) === 0 ? 1 : 0] as string)?.startsWith('Not '), true)
  t.equal(check('d'), 'Answer with a letter, a to c.')
  t.end()
})

for (const { name, fault, questions, debrief } of incidents) {
  t.test(`${name}: the answers follow from the seed`, (t) => {
    const solutions = Array.from({ length: 30 }, (_, seed) => {
      const parameters = fault.parameters(seededRandom(seed))
      const run = {
        parameters,
        beganAt: new Date(seed * 1e9),
        url: 'http://127.0.0.1:1',
        logs: 'logs',
        random: seededRandom(seed),
      }
      const all = questions(run)
      for (const { check, solution, ask, hints, form } of all) {
        t.equal(check(solution), undefined, `${ask} ${solution}`)
        t.ok(check('no such thing'), ask)
        t.ok(hints.length > 0 && form.length > 0, ask)
        t.notMatch(hints.slice(0, 1).join(), new RegExp(`^${solution}$`), 'the first hint is not the answer')
      }
      t.match(debrief(run), /The remedy/)
      return all.map(({ solution }) => solution).join()
    })
    t.ok(new Set(solutions).size > 5, 'from run to run it is something else')
    t.end()
  })
}
