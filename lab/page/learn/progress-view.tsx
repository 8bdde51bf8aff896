import { useEffect } from 'preact/hooks'
import type { AllProgress } from '../../progress-wire.ts'
import { addresses } from '../location.ts'
import { post } from '../server/api.ts'
import { ConfirmButton } from './confirm-button.tsx'
import { learnProgress, loadProgress, progressProblem } from './learn-progress.ts'
import { loadPath, rememberPlace } from './lessons-state.ts'
import { ProblemNotice } from './problem-notice.tsx'
import { useAction } from './use-action.ts'

/** What the learner has done so far; to keep, or to begin anew. */
export function ProgressView() {
  const { problem, run } = useAction()
  useEffect(() => void loadProgress(), [])
  const progress = learnProgress.value
  return (
    <section class="practice progress" aria-labelledby="progress-title">
      <h2 id="progress-title">Your progress</h2>
      <ProblemNotice problem={problem.value ?? progressProblem.value} />
      {progress && <Figures progress={progress} />}
      <p class="hint">
        It is kept in <code>.tutor</code> on this machine, and never sent anywhere. <code>npm run exercise</code> shows
        it as well.
      </p>
      <div class="practice-buttons">
        <a class="button" href="/lab/api/learn/progress/export" download="progress.json">
          Save as a file
        </a>
        <ConfirmButton
          label="Clear it"
          question="Forget what you have done? The files of your exercises stay as they are."
          confirm="Forget it"
          act={() =>
            run(async () => {
              learnProgress.value = await post<AllProgress>('learn/progress/clear')
              rememberPlace('')
              await loadPath()
            })
          }
        />
      </div>
    </section>
  )
}

function Figures({ progress: { lessons, claims, exercises, drills } }: { readonly progress: AllProgress }) {
  const done = Object.entries(lessons).filter(([, lesson]) => lesson.done)
  const solved = exercises.filter(({ state }) => state === 'solved')
  const found = Object.values(drills).filter(({ how }) => how !== 'given up')
  return (
    <dl class="panel progress-figures">
      <div>
        <dt>Lessons read</dt>
        <dd>{done.length === 0 ? 'none yet' : done.map(([lesson]) => lesson).join(', ')}</dd>
      </div>
      {Object.entries(claims).map(([lesson, { passed, of }]) => (
        <div key={lesson}>
          <dt>Claims of lesson {lesson}</dt>
          <dd>
            {passed.length} of {of}
          </dd>
        </div>
      ))}
      <div>
        <dt>
          <a href={addresses.learn('exercises')}>Exercises solved</a>
        </dt>
        <dd>
          {solved.length} of {exercises.length}
        </dd>
      </div>
      <div>
        <dt>
          <a href={addresses.learn('drills')}>Drills solved</a>
        </dt>
        <dd>{found.length}</dd>
      </div>
    </dl>
  )
}
