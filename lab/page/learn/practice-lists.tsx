import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { DrillSummary, Drills } from '../../drill-wire.ts'
import type { ExerciseState, Exercises } from '../../exercise-wire.ts'
import { addresses } from '../location.ts'
import { getJson } from '../server/api.ts'
import { learnProgress, loadProgress } from './learn-progress.ts'
import { ProblemNotice } from './problem-notice.tsx'
import { useAction } from './use-action.ts'

const STATES: Readonly<Record<ExerciseState, string>> = {
  solved: '✓ solved',
  open: 'open',
  changed: 'changed since its last check',
  missing: 'its file is missing',
}

/** All exercises, by lesson. */
export function ExerciseList() {
  const exercises = useSignal<Exercises['exercises']>([])
  const { problem, run } = useAction()
  useEffect(
    () =>
      run(async () => {
        exercises.value = (await getJson<Exercises>('learn/exercises')).exercises
      }),
    [learnProgress.value],
  )
  useEffect(() => void loadProgress(), [])
  const lessons = [...new Set(exercises.value.map(({ lesson }) => lesson))]
  return (
    <section class="practice" aria-labelledby="exercises-title">
      <h2 id="exercises-title">Exercises</h2>
      <ProblemNotice problem={problem.value} />
      {lessons.map((lesson) => (
        <section key={lesson} class="panel" aria-label={`Lesson ${lesson}`}>
          <h3>Lesson {lesson}</h3>
          <ul class="practice-list">
            {exercises.value
              .filter((exercise) => exercise.lesson === lesson)
              .map(({ number, title, state }) => (
                <li key={number} class={state}>
                  <a href={addresses.learn(`exercise/${number}`)}>
                    {number} {title}
                  </a>{' '}
                  <span class="practice-state">{STATES[state]}</span>
                </li>
              ))}
          </ul>
        </section>
      ))}
    </section>
  )
}

/** All incidents. */
export function DrillList() {
  const drills = useSignal<Drills>({ drills: [], running: null })
  const { problem, run } = useAction()
  useEffect(
    () =>
      run(async () => {
        drills.value = await getJson<Drills>('learn/drills')
      }),
    [learnProgress.value],
  )
  useEffect(() => void loadProgress(), [])
  return (
    <section class="practice" aria-labelledby="drills-title">
      <h2 id="drills-title">Incident drills</h2>
      <p>Something is broken, and you find out what. Each drill takes ten to twenty minutes.</p>
      <ProblemNotice problem={problem.value} />
      <ul class="panel practice-list">
        {drills.value.drills.map((drill) => (
          <li key={drill.id} class={drill.progress === null ? 'open' : 'solved'}>
            <a href={addresses.learn(`drill/${drill.id}`)}>
              {drill.id} {drill.title}
            </a>{' '}
            <span class="practice-state">{drill.id === drills.value.running ? 'running' : stateOf(drill)}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function stateOf({ progress }: DrillSummary): string {
  switch (progress?.how) {
    case 'found':
      return `✓ found with answer ${progress.tries}`
    case 'questions':
      return '✓ by guided questions'
    case 'given up':
      return 'given up'
    default:
      return 'open'
  }
}
