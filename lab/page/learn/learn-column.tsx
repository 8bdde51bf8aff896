import { addresses, go } from '../location.ts'
import { LessonView } from './lesson-view.tsx'
import { closeLesson, isDocument, path } from './lessons-state.ts'
import { PracticeView } from './practice-view.tsx'

/** The open page of Learn, with the way to others. */
export function LearnColumn({ page }: { readonly page: string }) {
  const lesson = path.value?.lessons.find(({ number }) => String(number) === page)
  const close = () => {
    closeLesson()
    go('#/')
  }
  return (
    <>
      <nav class="lesson-nav" aria-label="Lessons">
        <a href={addresses.learn()}>All lessons</a>
        {lesson && (
          <span>
            Lesson {lesson.number} of {path.value?.lessons.length}
          </span>
        )}
        <a href={addresses.learn('progress')}>Progress</a>
        <button type="button" class="quiet" onClick={close}>
          Close
        </button>
      </nav>
      {lesson && (
        <p class="lesson-hint">
          Here you need no terminal: <em>Run</em> sends a command to this server, and restarts it in another phase.
        </p>
      )}
      {isDocument(page) ? <LessonView key={page} id={page} /> : <PracticeView page={page} />}
    </>
  )
}
