import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LearnPath, LessonDocument, LessonSummary } from '../../lab/lesson-wire.ts'
import type { Progress } from '../../lab/progress-wire.ts'
import { phaseOf } from '../check/lessons.ts'
import { incidents } from '../drill/incidents.ts'
import { catalogue, root } from '../exercise/catalogue.ts'
import { ProgressFile } from '../progress/progress.ts'
import { summaryOf } from './exercises.ts'
import { renderDocument } from './render-document.ts'

/** Documents beside the lessons that the page can show, by the id in its address. */
const OTHERS: Readonly<Record<string, string>> = {
  README: 'README.md',
  alerts: 'docs/alerts.md',
  adopt: 'docs/adopt.md',
}

/** The lessons' README.md files, in their order. */
function lessonFiles(): string[] {
  return ['phases', 'lessons'].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => /^\d-/.test(name))
      .sort()
      .map((name) => `${folder}/${name}/README.md`)
      .filter((file) => existsSync(join(root, file))),
  )
}

/** With what the learner has done so far. */
export function learnPath(): LearnPath {
  const progress = new ProgressFile(root).read()
  return {
    lessons: lessonFiles().map((file) => lessonSummary(file, progress)),
    drills: incidents.map(({ id, title }) => ({ id, title, solved: progress.drills[id]?.how ?? null })),
  }
}

function lessonSummary(file: string, progress: Progress): LessonSummary {
  const number = numberOf(file)
  const claims = progress.claims[String(number)]
  const text = readFileSync(join(root, file), 'utf8')
  const [, title = file] = /^# Lesson \d: (.+)$/m.exec(text) ?? []
  const [, minutes] = /^About (\d+) minutes/m.exec(text) ?? []
  return {
    number,
    title,
    minutes: minutes === undefined ? null : Number(minutes),
    phase: phaseOf(number),
    exercises: catalogue()
      .filter(({ lesson }) => lesson === number)
      .map(summaryOf),
    claims: claims === undefined ? null : { held: claims.passed.length, of: claims.of },
  }
}

/** @returns undefined when there is no such document */
export function documentWith(id: string): LessonDocument | undefined {
  const files = lessonFiles()
  const file =
    files.find((name) => String(numberOf(name)) === id) ?? (Object.hasOwn(OTHERS, id) ? OTHERS[id] : undefined)
  if (file === undefined) return undefined
  const isLesson = files.includes(file)
  return {
    id,
    lesson: isLesson ? numberOf(file) : null,
    file,
    ...renderDocument(file, (target) => idOf(target, files)),
  }
}

function idOf(file: string, lessons: readonly string[]): string | undefined {
  if (lessons.includes(file)) return String(numberOf(file))
  return Object.keys(OTHERS).find((id) => OTHERS[id] === file)
}

/** `phases/3-metrics/README.md` has number 3. */
function numberOf(file: string): number {
  return Number(/\/(\d)-/.exec(file)?.[1])
}
