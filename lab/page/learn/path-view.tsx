import { useEffect } from 'preact/hooks'
import type { LessonSummary } from '../../lesson-wire.ts'
import { addresses } from '../location.ts'
import { loadProgress } from './learn-progress.ts'
import { lastPlace, path, pathProblem } from './lessons-state.ts'

/** The course in its order: what is done, and what is next. */
export function PathView() {
  useEffect(() => void loadProgress(), [])
  const now = path.value
  if (now === null)
    return pathProblem.value === null ? (
      <p class="waiting">Looking for the lessons …</p>
    ) : (
      <p class="notice problem" role="alert">
        {pathProblem.value}
      </p>
    )
  const next = now.lessons.find((lesson) => !isDone(lesson)) ?? now.lessons[0]
  return (
    <section class="course-path" aria-labelledby="path-title">
      <h2 id="path-title">Learn observability on a running server</h2>
      <p>
        Read a lesson here, run its commands with a click, and see beside it what the server tells. Seven lessons, each
        with exercises, then incidents to find the cause of.
      </p>
      <p>
        <a class="first-link" href={lastPlace.value || addresses.learn(String(next?.number ?? 1))}>
          {lastPlace.value === '' ? `Begin with lesson ${next?.number ?? 1}` : 'Go on where you were'}
        </a>{' '}
        <a href={addresses.learn('progress')}>Your progress</a>
      </p>
      <ol class="path-lessons">
        {now.lessons.map((lesson) => (
          <LessonItem key={lesson.number} lesson={lesson} isNext={lesson === next} />
        ))}
      </ol>
      <h3>Incident drills</h3>
      <p>A server with a hidden fault: find its cause by its telemetry.</p>
      <ol class="path-drills">
        {now.drills.map(({ id, title, solved }) => (
          <li key={id}>
            {solved === 'found' || solved === 'questions' ? '✓ ' : ''}
            <a href={addresses.learn(`drill/${id}`)}>
              {id}. {title}
            </a>
          </li>
        ))}
      </ol>
    </section>
  )
}

function LessonItem({ lesson, isNext }: { readonly lesson: LessonSummary; readonly isNext: boolean }) {
  const { number, title, minutes, claims, exercises } = lesson
  const done = isDone(lesson)
  return (
    <li class={`path-lesson ${done ? 'done' : isNext ? 'next' : ''}`}>
      <h3>
        <a href={addresses.learn(String(number))}>
          {number}. {title}
        </a>{' '}
        <small>
          {done ? '✓ done' : isNext ? 'next' : ''}
          {minutes !== null && !done && `${isNext ? ', ' : ''}about ${minutes} minutes`}
          {claims !== null && !done && `, ${claims.held} of ${claims.of} claims held`}
        </small>
      </h3>
      <ul class="path-exercises">
        {exercises.map((exercise) => (
          <li key={exercise.number}>
            {exercise.state === 'solved' ? '✓ ' : ''}
            <a href={addresses.learn(`exercise/${exercise.number}`)}>
              {exercise.number} {exercise.title}
            </a>
          </li>
        ))}
      </ul>
    </li>
  )
}

function isDone({ claims }: LessonSummary): boolean {
  return claims !== null && claims.held === claims.of
}
