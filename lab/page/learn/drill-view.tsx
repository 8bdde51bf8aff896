import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { DrillStatus, Drills } from '../../drill-wire.ts'
import { addresses } from '../location.ts'
import { getJson, post } from '../server/api.ts'
import { ConfirmButton } from './confirm-button.tsx'
import { DrillClock } from './drill-clock.tsx'
import { DrillDebrief } from './drill-debrief.tsx'
import { DrillDialogue } from './drill-dialogue.tsx'
import { DrillQuestions } from './drill-questions.tsx'
import { drill, endDrill, followDrill } from './drill-state.ts'
import { ProblemNotice } from './problem-notice.tsx'
import { useAction } from './use-action.ts'

/** Seconds of healthy traffic, unless the learner wants more or less. */
const CALM_SECONDS = 25

/** One drill: its start, and from then on all that happens. Give it the id as its key. */
export function DrillView({ id }: { readonly id: string }) {
  const title = useSignal<string | null>(null)
  const { problem, run } = useAction()
  useEffect(() => {
    run(async () => {
      const { drills } = await getJson<Drills>('learn/drills')
      title.value = drills.find((known) => known.id === id)?.title ?? ''
    })
    return followDrill()
  }, [])

  const status = drill.value
  return (
    <section class="practice drill" aria-labelledby="drill-title">
      <p class="practice-place">
        <a href={addresses.learn('drills')}>Drills</a>
      </p>
      <h2 id="drill-title">
        Incident {id}
        {title.value && `: ${title.value}`}
      </h2>
      <ProblemNotice problem={problem.value} />
      {title.value === '' && <p>There is no such incident.</p>}
      {status !== null && status.incident !== id && status.stage !== 'ended' && <OtherDrill other={status} />}
      {title.value && (status === null || status.stage === 'ended') && (
        <DrillStart id={id} run={run} again={status?.incident === id} />
      )}
      {status?.incident === id && <RunningDrill status={status} run={run} />}
    </section>
  )
}

/** There is one drill at a time. */
function OtherDrill({ other: { incident, title } }: { readonly other: DrillStatus }) {
  return (
    <p class="notice">
      Another drill is running:{' '}
      <a href={addresses.learn(`drill/${incident}`)}>
        Incident {incident}: {title}
      </a>
      . End it first.
    </p>
  )
}

type Run = (work: () => Promise<unknown>) => void

function DrillStart({ id, run, again }: { readonly id: string; readonly run: Run; readonly again: boolean }) {
  const calm = useSignal(CALM_SECONDS)
  return (
    <form
      class="panel drill-start"
      onSubmit={(event) => {
        event.preventDefault()
        run(() => post(`learn/drills/${encodeURIComponent(id)}`, { calm: calm.value }))
      }}
    >
      <p>
        A copy of the app starts beside this one, with a hidden fault, a database in memory, and users. After a while
        something goes wrong. Then one question is left: what is the cause, and what shows it?
      </p>
      <div class="practice-buttons">
        <button type="submit" class="first">
          {again ? 'Start it once more' : 'Start the drill'}
        </button>
        <label class="parameter">
          <span>seconds to look around first</span>
          <input
            type="number"
            min={1}
            max={600}
            required
            value={calm.value}
            onInput={(event) => {
              calm.value = event.currentTarget.valueAsNumber
            }}
          />
        </label>
      </div>
    </form>
  )
}

function RunningDrill({ status, run }: { readonly status: DrillStatus; readonly run: Run }) {
  return (
    <>
      <div class="panel drill-status">
        <p role="status">{STAGES[status.stage]}</p>
        {status.stage === 'starting' && <p class="hint">The app starts, and its first requests warm it up.</p>}
        <DrillClock status={status} />
        {status.stage !== 'ended' && (
          <ConfirmButton
            label="End the drill"
            question="Stop the drill and its app?"
            confirm="End it"
            act={() => run(endDrill)}
          />
        )}
      </div>
      {status.failure && <ProblemNotice problem={status.failure} />}
      {status.url && status.stage !== 'ended' && <Views url={status.url} />}
      {status.report && (
        <div class="notice drill-report">
          <h3>Your pager goes off</h3>
          <p>{status.report}</p>
        </div>
      )}
      {(status.stage === 'investigation' || status.stage === 'questions') && (
        <DrillQuestions status={status} run={run} />
      )}
      <DrillDebrief status={status} run={run} />
      {status.report && <DrillDialogue canSay={status.stage !== 'ended'} run={run} />}
    </>
  )
}

const STAGES: Readonly<Record<DrillStatus['stage'], string>> = {
  starting: 'Starting the app …',
  quiet: 'All is quiet. Look around meanwhile, so that you know what is normal.',
  investigation: 'Something is wrong.',
  questions: 'Guided questions.',
  debrief: 'It is over. The app still runs, so that you can try what the debrief says.',
  ended: 'The drill has ended, and its app with it.',
}

/** The drill's app has a Lab of its own, in which no other page may be shown and which no other page may show. */
function Views({ url }: { readonly url: string }) {
  return (
    <nav class="drill-views" aria-label="The app of the drill">
      Its own Lab, in a new tab:{' '}
      <ul>
        {VIEWS.map(([name, address]) => (
          <li key={name}>
            <a href={`${url}/${address}`} target="_blank" rel="noreferrer">
              {name}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

const VIEWS = [
  ['Logs', '#/logs'],
  ['Metrics', '#/metrics'],
  ['Traces', '#/traces'],
  ['Ask', '#/ask'],
] as const
