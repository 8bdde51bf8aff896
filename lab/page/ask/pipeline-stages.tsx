import type { ExampleLine, StageResult } from '../../wire.ts'
import { count } from '../format.ts'
import { ScrollBox } from '../scroll-box.tsx'
import { Code } from './code.tsx'

/** The way of lines through a pipeline, with one line as an example of all. */
export function PipelineStages({ stages }: { readonly stages: readonly StageResult[] }) {
  return (
    <ol class="stages">
      {stages.map((stage, index) => (
        <li key={`${stage.from}-${stage.to}`} class="stage">
          <p class="part-text">
            <Code text={stage.text} />
          </p>
          <p class="part-about">{stage.about}</p>
          <StageCounts stage={stage} isSelector={index === 0} />
          {stage.example !== null && (
            <Example example={stage.example} before={stages[index - 1]?.example ?? null} isFirst={index === 0} />
          )}
          {stage.removed !== null && (
            <details>
              <summary>A line that it removes</summary>
              <RawLine line={stage.removed.line} label="Removed line" />
              <ExampleLabels labels={stage.removed.labels} known={null} />
            </details>
          )}
        </li>
      ))}
    </ol>
  )
}

function StageCounts({ stage, isSelector }: { readonly stage: StageResult; readonly isSelector: boolean }) {
  const removed = stage.in - stage.out
  return (
    <p class="part-facts">
      <span class="stage-counts">
        <b>{stage.in.toLocaleString('en')}</b> in <span aria-hidden="true">→</span>{' '}
        <b>{stage.out.toLocaleString('en')}</b> out
      </span>
      <meter class="stage-meter" min={0} max={Math.max(1, stage.in)} value={stage.out} aria-label="share that passes" />
      {isSelector ? (
        <span>of all lines of this time</span>
      ) : (
        removed > 0 && <span>{count(removed, 'line')} removed</span>
      )}
      {stage.errors > 0 && <span class="failure">{count(stage.errors, 'line')} with an __error__</span>}
    </p>
  )
}

interface ExampleProps {
  readonly example: ExampleLine
  readonly before: ExampleLine | null
  readonly isFirst: boolean
}

function RawLine({ line, label }: { readonly line: string; readonly label: string }) {
  return (
    <ScrollBox class="example-line" label={label}>
      <pre>{line}</pre>
    </ScrollBox>
  )
}

/** Only what the stage has changed. */
function Example({ example, before, isFirst }: ExampleProps) {
  const isSameLine = before?.line === example.line
  return (
    <div class="example">
      {isSameLine ? null : <RawLine line={example.line} label="Example line" />}
      <ExampleLabels labels={example.labels} known={isFirst ? null : (before?.labels ?? null)} />
    </div>
  )
}

/** @param known labels that were there before; null to show all */
function ExampleLabels(props: {
  readonly labels: ExampleLine['labels']
  readonly known: ExampleLine['labels'] | null
}) {
  const { labels, known } = props
  const shown = Object.entries(labels).filter(([name, value]) => known?.[name] !== value)
  const dropped = Object.keys(known ?? {}).filter((name) => labels[name] === undefined)
  if (shown.length + dropped.length === 0) return null
  return (
    <p class="example-labels">
      {shown.map(([name, value]) => (
        <span key={name} class={known === null ? 'line-label' : 'line-label new'}>
          {known !== null && <span class="visually-hidden">new: </span>}
          {name}=<span class="label-value">"{value}"</span>
        </span>
      ))}
      {dropped.map((name) => (
        <s key={name} class="line-label">
          {name}
        </s>
      ))}
    </p>
  )
}
