import { CopyButton } from '../copy-button.tsx'
import { addresses, go } from '../location.ts'
import { LessonView } from './lesson-view.tsx'
import { closeLesson, isDocument, path } from './lessons-state.ts'

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
        <button type="button" class="quiet" onClick={close}>
          Close
        </button>
      </nav>
      {isDocument(page) ? <LessonView key={page} id={page} /> : <InTerminal page={page} />}
    </>
  )
}

/** `exercise/3.1` and `drill/2` */
function InTerminal({ page }: { readonly page: string }) {
  const [kind = '', number = ''] = page.split('/')
  const command = kind === 'drill' ? `npm run drill -- ${number}` : `npm run exercise ${number}`
  return (
    <p class="course-path">
      In a terminal: <code>{command}</code> <CopyButton text={command} what={command} />
    </p>
  )
}
