import t from 'tap'
import { catalogue, definitionOf, readText } from '../../../tutor/exercise/catalogue.ts'
import { handedOut } from '../../../tutor/exercise/handed-out.ts'

const exercises = catalogue()

t.test('each lesson has at least two, in the order of their numbers', async (t) => {
  for (const lesson of [1, 2, 3, 4, 5, 6, 7]) {
    const numbers = exercises.filter((entry) => entry.lesson === lesson).map(({ number }) => number)
    t.ok(numbers.length >= 2, `lesson ${lesson} has ${numbers.length}`)
    t.strictSame(
      numbers,
      numbers.map((_, i) => `${lesson}.${i + 1}`),
    )
  }
})

t.test('the README says how many there are', async (t) => {
  t.match(readText('README.md'), `\n  0 of ${exercises.length} solved.\n`)
})

for (const entry of exercises) {
  t.test(`${entry.number} ${entry.title}`, async (t) => {
    const original = handedOut(entry)
    t.ok(entry.name.startsWith(`${entry.number}-`), 'its files are called after its number')
    t.not(original, readText(entry.solution), 'something is to be done')
    t.match(original, /^(?:\/\*\*\n \*|#) Exercise \d\.\d+: .+\n(?: \*|#)\n/, 'the task stands at the top')
    t.match(original, /\n(?: \*|#) Where to look: /, 'and says where to look')
    if (entry.isModule)
      t.match(original, `// Exercise ${entry.number}: your part begins\n`, 'the learner’s part is marked')
    const paths = [...original.matchAll(/\b(?:phases|lessons)\/[\w./-]+\.(?:ts|md)/g)].map(([path]) => path)
    for (const path of paths) t.ok(readText(path), `${path} is there`)
    const { hints } = await definitionOf(entry)
    t.ok(hints.length >= 2, 'there is more than one hint')
  })
}

// A learner's clone may have changed exercises. In the repository they must be in their original state.
for (const entry of exercises) {
  const text = readText(entry.file)
  const skip = text !== handedOut(entry) && !process.env.CI && `you have worked on ${entry.file}`
  t.test(`${entry.file} is in its original state`, { skip }, async (t) => {
    t.equal(text, handedOut(entry), 'it differs from the solution in the marked place only')
  })
}
