import t from 'tap'
import { catalogue, readText } from '../../../tutor/exercise/catalogue.ts'
import { compileExercises } from '../../../tutor/exercise/compile.ts'
import { handedOut } from '../../../tutor/exercise/handed-out.ts'
import { check } from '../../../tutor/exercise/verdict.ts'

t.setTimeout(240_000) // a process for each module

const mistakes = await compileExercises()

for (const entry of catalogue()) {
  const text = readText(entry.file)
  const skip = text !== handedOut(entry) && !process.env.CI && `you have worked on ${entry.file}`

  t.test(`exercise ${entry.number} in its original state compiles, runs, and is not solved`, { skip }, async (t) => {
    t.strictSame(
      mistakes.filter(({ file }) => file === entry.file),
      [],
    )
    const { problem } = await check(entry, entry.file)
    t.match(problem, { kind: 'unmet', title: /\w/, expected: /\w/, seen: /\S/, look: /\w/ })
  })
}
