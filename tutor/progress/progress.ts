import { join } from 'node:path'
import type { DrillProgress, LessonProgress, Progress } from '../../lab/progress-wire.ts'
import { SharedFile } from './shared-file.ts'

/** From the best way to solve a drill to the last resort. */
const WAYS: readonly DrillProgress['how'][] = ['found', 'questions', 'given up']

const NONE: Progress = { lessons: {}, claims: {}, drills: {} }

/** What a learner has done, apart from exercises: `.tutor/progress.json`. It is never sent anywhere. */
export class ProgressFile {
  readonly #file: SharedFile<Progress>

  /** @param repository whose `.tutor` has the file */
  constructor(repository: string) {
    this.#file = new SharedFile(join(repository, '.tutor'), 'progress.json', NONE)
  }

  read(): Progress {
    return { ...NONE, ...this.#file.read() }
  }

  rememberLesson(lesson: string, news: Partial<LessonProgress>): void {
    this.#change(({ lessons, ...rest }) => ({
      ...rest,
      lessons: { ...lessons, [lesson]: { done: false, ...lessons[lesson], ...news } },
    }))
  }

  /** @param passed the titles of the claims that hold */
  rememberClaims(lesson: string, passed: readonly string[], of: number): void {
    this.#change(({ claims, ...rest }) => ({ ...rest, claims: { ...claims, [lesson]: { passed, of } } }))
  }

  /** Keeps the better one of this run and the best earlier one. */
  rememberDrill(id: string, run: DrillProgress): void {
    this.#change(({ drills, ...rest }) => {
      const earlier = drills[id]
      const isBetter = earlier === undefined || WAYS.indexOf(run.how) <= WAYS.indexOf(earlier.how)
      return { ...rest, drills: { ...drills, [id]: isBetter ? run : earlier } }
    })
  }

  clear(): void {
    this.#file.remove()
  }

  #change(change: (current: Progress) => Progress): void {
    this.#file.update((current) => change({ ...NONE, ...current }))
  }
}
