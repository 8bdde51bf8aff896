import t from 'tap'
import type { Console } from '../../../tutor/drill/console.ts'
import { choice, word } from '../../../tutor/drill/question.ts'
import { quiz } from '../../../tutor/drill/quiz.ts'
import { seededRandom } from '../../../tutor/drill/random.ts'

/** A terminal at which these lines are typed. */
function typing(lines: readonly string[]) {
  const printed: string[] = []
  const left = [...lines]
  const console = {
    ask: async () => left.shift(),
    print: (text = '') => void printed.push(text),
    show: (_news: unknown, text = '') => void printed.push(text),
    bold: (text: string) => text,
  } as unknown as Console
  return { console, printed, left }
}

const asked = { ask: 'What?', hints: ['Look.'] }
const multiple = choice({ ...asked, right: 'yes', wrong: { no: 'Not so.', never: 'Not that.' } }, seededRandom(5))
const [wrong, otherWrong] = ['a', 'b', 'c'].filter((letter) => letter !== multiple.solution) as [string, string]

t.test('a multiple choice allows two tries, and is then told and counted as missed', async (t) => {
  const { console, printed, left } = typing([wrong, 'd', otherWrong, multiple.solution])
  const score = await quiz([multiple], { console, commands: [] })
  t.strictSame(score, { questions: 1, rightAtOnce: 0, missed: 1, skipped: 0, hints: 0 })
  t.equal(printed.at(-1), `The answer is ${multiple.solution}) yes.`)
  t.strictSame(left, [multiple.solution], 'a third try is not read')
  t.ok(printed.includes('Not quite. Answer with a letter, a to c.'), 'a slip is no try')
})

t.test('the second try counts, but not as the first', async (t) => {
  const { console } = typing([wrong, multiple.solution])
  t.match(await quiz([multiple], { console, commands: [] }), { rightAtOnce: 0, missed: 0 })
})

t.test('other questions allow any number of tries', async (t) => {
  const question = word({ ...asked, form: 'a name', right: ['it'], nudge: 'No.' })
  const { console } = typing(['a', 'b', 'c', 'hint', 'it'])
  t.match(await quiz([question], { console, commands: [] }), { rightAtOnce: 0, missed: 0, skipped: 0, hints: 1 })
})
