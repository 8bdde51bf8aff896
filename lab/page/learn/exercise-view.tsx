import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { DataCommands, ExerciseDetails, ExerciseEvent, Hints, Reset, Solution } from '../../exercise-wire.ts'
import { CopyButton } from '../copy-button.tsx'
import { addresses } from '../location.ts'
import { getJson, post } from '../server/api.ts'
import { ConfirmButton } from './confirm-button.tsx'
import { Diff } from './diff.tsx'
import { ExerciseVerdict } from './exercise-verdict.tsx'
import { FileLink } from './file-link.tsx'
import { followEvents } from './follow-events.ts'
import { learnProgress, loadProgress } from './learn-progress.ts'
import { ProblemNotice } from './problem-notice.tsx'
import { Inline, Prose } from './prose.tsx'
import { useAction } from './use-action.ts'

/** One exercise: its task, its file, and a verdict each time that the file is saved. Give it the number as its key. */
export function ExerciseView({ number }: { readonly number: string }) {
  const details = useSignal<ExerciseDetails | null>(null)
  const event = useSignal<ExerciseEvent>({ kind: 'checking' })
  const { problem, run } = useAction()
  const path = `learn/exercises/${encodeURIComponent(number)}`

  const load = async () => {
    details.value = await getJson<ExerciseDetails>(path)
  }
  useEffect(() => {
    run(load)
    return followEvents<ExerciseEvent>(`exercises/${encodeURIComponent(number)}/events`, 'check', (next) => {
      event.value = next
      if (next.kind === 'verdict' || next.kind === 'missing') {
        run(load)
        void loadProgress()
      }
    })
  }, [])

  if (details.value === null)
    return (
      <section class="practice" aria-label={`Exercise ${number}`}>
        <ProblemNotice problem={problem.value} />
        {problem.value === null && <p class="waiting">Asking the server …</p>}
      </section>
    )
  const { title, task, file, path: absolute, line } = details.value
  return (
    <section class="practice exercise" aria-labelledby="exercise-title">
      <p class="practice-place">
        <a href={addresses.learn('exercises')}>Exercises</a>
      </p>
      <h2 id="exercise-title">
        Exercise {number}: {title}
      </h2>
      <div class="panel exercise-task">
        <Prose text={task} />
        <p class="exercise-file">
          <strong>Your file:</strong> <FileLink file={file} path={absolute} line={line} />
        </p>
        <p class="hint">Edit it, and save it: each time it is checked, here.</p>
      </div>
      <ExerciseVerdict event={event.value} />
      {event.value.kind === 'verdict' && event.value.verdict.solved && <NextExercise number={number} />}
      <ProblemNotice problem={problem.value} />
      <Help details={details.value} path={path} run={run} reload={load} />
    </section>
  )
}

function NextExercise({ number }: { readonly number: string }) {
  const exercises = learnProgress.value?.exercises ?? []
  const next = exercises[exercises.findIndex((exercise) => exercise.number === number) + 1]
  if (exercises.length === 0) return null
  if (next === undefined) return <p>That was the last one.</p>
  return (
    <p>
      Next:{' '}
      <a href={addresses.learn(`exercise/${next.number}`)}>
        {next.number} {next.title}
      </a>
    </p>
  )
}

interface HelpProps {
  readonly details: ExerciseDetails
  readonly path: string
  readonly run: (work: () => Promise<unknown>) => void
  readonly reload: () => Promise<void>
}

/** Hints, data, the solution, and the file as it was. */
function Help({ details, path, run, reload }: HelpProps) {
  const { hints, hint_count, has_data, file } = details
  const diff = useSignal<string | null>(null)
  const reset = useSignal<Reset | null>(null)
  const data = useSignal<DataCommands | null>(null)
  return (
    <section class="panel exercise-help" aria-labelledby="help-title">
      <h3 id="help-title">Help</h3>
      <div class="practice-buttons">
        <button
          type="button"
          disabled={hints.length === hint_count}
          onClick={() =>
            run(async () => {
              await post<Hints>(`${path}/hint`)
              await reload()
            })
          }
        >
          {hints.length === 0 ? 'Give me a hint' : 'One more hint'} ({hints.length} of {hint_count})
        </button>
        {has_data && (
          <button
            type="button"
            onClick={() =>
              run(async () => {
                data.value = await post<DataCommands>(`${path}/data`)
              })
            }
          >
            Data to try it on
          </button>
        )}
        <button
          type="button"
          aria-expanded={diff.value !== null}
          onClick={() =>
            run(async () => {
              diff.value = diff.value === null ? (await getJson<Solution>(`${path}/solution`)).diff : null
            })
          }
        >
          {diff.value === null ? 'Show the solution' : 'Hide the solution'}
        </button>
        <ConfirmButton
          label="Start over"
          question={`Put ${file} back to how it was handed out? Yours is kept in .tutor/kept.`}
          confirm="Put it back"
          act={() =>
            run(async () => {
              diff.value = null
              reset.value = await post<Reset>(`${path}/reset`)
              await reload()
            })
          }
        />
      </div>
      {hints.length > 0 && (
        <ol class="exercise-hints" aria-live="polite">
          {hints.map((hint) => (
            <li key={hint}>
              <Inline text={hint} />
            </li>
          ))}
        </ol>
      )}
      {data.value && <DataToLookAt commands={data.value} />}
      {reset.value && (
        <p role="status">
          The file is as it was handed out.{' '}
          {reset.value.kept && (
            <>
              What you had in it is kept in <code>{reset.value.kept}</code>
            </>
          )}
        </p>
      )}
      {diff.value === '' && <p role="status">Your file is the solution, word for word.</p>}
      {diff.value && <Diff text={diff.value} label="How the solution differs from your file" />}
    </section>
  )
}

function DataToLookAt({ commands: { serve, ask } }: { readonly commands: DataCommands }) {
  return (
    <div role="status">
      <p>Serve the data in one terminal, and ask for it in another:</p>
      {[serve, ask].map((command) => (
        <p key={command} class="practice-command">
          <code>{command}</code> <CopyButton text={command} what={command} />
        </p>
      ))}
    </div>
  )
}
