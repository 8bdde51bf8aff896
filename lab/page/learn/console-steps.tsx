import { useSignal } from '@preact/signals'
import type { Block, LessonStep } from '../../lesson-wire.ts'
import { CopyButton } from '../copy-button.tsx'
import { addresses } from '../location.ts'
import { ClaimList } from './claim-list.tsx'
import { OutputBox } from './output-box.tsx'
import { filled, keyOf, runStep, type StepRun, stepRuns } from './step-runs.ts'

/** A console block of a lesson: each command with what the lesson printed, and what this server prints. */
export function ConsoleSteps(props: {
  readonly document: string
  readonly block: Extract<Block, { readonly kind: 'console' }>
}) {
  const { document, block } = props
  return (
    <div class="steps">
      {block.steps.map((step) => (
        <Step key={step.line} document={document} step={step} />
      ))}
    </div>
  )
}

function Step({ document, step }: { readonly document: string; readonly step: LessonStep }) {
  const { command, how } = step
  const edited = useSignal<string | null>(null)
  if (command === null) return <Printed text={step.printed} label="The lesson printed" />
  if (how.by === 'check')
    return (
      <div class="step">
        <div class="step-line">
          <code class="step-command">{command}</code>
        </div>
        <ClaimList lesson={how.lesson} />
      </div>
    )
  const run = stepRuns.value[keyOf(document, step)]
  const proposed = filled(document, command)
  const text = edited.value ?? proposed
  const start = () => void runStep(document, step, text)
  return (
    <div class="step">
      <div class="step-line">
        {proposed === command ? (
          <code class="step-command">{command}</code>
        ) : (
          <textarea
            class="step-command"
            aria-label="Command, with the ids of your server"
            rows={Math.min(4, Math.ceil(text.length / 60))}
            spellcheck={false}
            value={text}
            onInput={({ currentTarget }) => {
              edited.value = currentTarget.value
            }}
          />
        )}
        <span class="step-buttons">
          {(how.by === 'server' || how.by === 'phase') && (
            <button type="button" class="primary" disabled={run?.running} onClick={start} aria-label={`Run ${command}`}>
              {run?.running ? 'Running …' : 'Run'}
            </button>
          )}
          <CopyButton text={text} what={command} />
        </span>
      </div>
      {how.by === 'terminal' && <p class="step-note">For a terminal: {how.reason}.</p>}
      {how.by === 'phase' && run !== undefined && <PhaseOutcome run={run} phase={how.phase} />}
      {how.by === 'phase' ? null : <Outputs run={run} printed={step.printed} />}
    </div>
  )
}

function PhaseOutcome({ run, phase }: { readonly run: StepRun; readonly phase: number }) {
  return (
    <p class="step-note" role="status">
      {run.running && `The server restarts in phase ${phase} …`}
      {run.problem}
      {!run.running && run.problem === undefined && `✓ The server runs phase ${phase}.`}
    </p>
  )
}

function Outputs({ run, printed }: { readonly run: StepRun | undefined; readonly printed: string }) {
  const result = run?.result
  return (
    <>
      <div class={`outputs${result ? ' both' : ''}`}>
        {printed !== '' && <Printed text={printed} label="The lesson printed" />}
        {result && (
          <div class="output own">
            <p class="output-title">
              Your server{' '}
              <small>{result.as_printed ? '✓ as the lesson says' : 'differs, as ids, counts and times may'}</small>
            </p>
            <OutputBox class="output-text" label="Output of your server">
              {result.output === '' ? '(nothing printed)' : result.output.trimEnd()}
            </OutputBox>
          </div>
        )}
      </div>
      <p class="step-note" role="status">
        {run?.problem}
        {result?.log_since && 'Your log is kept. The commands of this lesson read what is written from now on.'}
        {run?.requestId && (
          <a href={addresses.request(run.requestId)}>
            Story of {result?.requests.at(-1)?.method} {result?.requests.at(-1)?.path}
          </a>
        )}
      </p>
    </>
  )
}

function Printed({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <div class="output printed">
      <p class="output-title">{label}</p>
      <OutputBox class="output-text" label={label}>
        {text}
      </OutputBox>
    </div>
  )
}
