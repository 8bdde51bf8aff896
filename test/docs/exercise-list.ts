import { dirname } from 'node:path'
import { catalogue } from '../../tutor/exercise/catalogue.ts'

/** The lines of a lesson that name its exercises. */
const LIST = /^(?:- `npm run exercise \d\.\d+`: .+\n)+/m

/** Lists the exercises of a lesson's folder, where it lists them now. @param lesson path from the repository */
export function updateExerciseList(markdown: string, lesson: string): string {
  const list = catalogue()
    .filter(({ file }) => file.startsWith(`${dirname(lesson)}/`))
    .map(({ number, title }) => `- \`npm run exercise ${number}\`: ${title}\n`)
  return markdown.replace(LIST, () => list.join(''))
}
