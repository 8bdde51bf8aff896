import type { ComponentChildren } from 'preact'
import { count } from '../format.ts'
import { answer, explanation, problem, run, shown } from './ask-state.ts'
import { LogLines } from './log-lines.tsx'
import type { Answer } from './query-api.ts'
import type { Shown } from './questions.ts'
import { ResultGraph } from './result-graph.tsx'
import { ResultTable } from './result-table.tsx'

/** What the last query gave: its result, or how it came about. */
export function Outcome({ explained }: { readonly explained: ComponentChildren }) {
  if (problem.value !== null)
    return (
      <p class="notice problem query-problem" role="alert">
        {problem.value}
      </p>
    )
  const found = answer.value
  if (found === null && explanation.value === null) return null
  return (
    <div class="outcome">
      <fieldset class="outcome-tabs">
        <legend class="visually-hidden">Show</legend>
        <ShowButton show="result">Result</ShowButton>
        <ShowButton show="explain">Explain</ShowButton>
      </fieldset>
      {shown.value === 'explain' ? explained : found !== null && <Found found={found} />}
    </div>
  )
}

function ShowButton({ show, children }: { readonly show: Shown; readonly children: ComponentChildren }) {
  return (
    <button
      type="button"
      aria-pressed={shown.value === show}
      onClick={() => {
        if (shown.value !== show) run({ show })
      }}
    >
      {children}
    </button>
  )
}

/** Warnings and infos of the engine. */
export function Remarks(props: { readonly warnings: readonly string[]; readonly infos: readonly string[] }) {
  if (props.warnings.length + props.infos.length === 0) return null
  return (
    <ul class="remarks">
      {props.warnings.map((text) => (
        <li key={text} class="remark warn">
          {text}
        </li>
      ))}
      {props.infos.map((text) => (
        <li key={text} class="remark">
          {text}
        </li>
      ))}
    </ul>
  )
}

function Found({ found }: { readonly found: Answer }) {
  return (
    <>
      <Remarks warnings={found.warnings} infos={found.infos} />
      <Data found={found} />
    </>
  )
}

function Data({ found }: { readonly found: Answer }) {
  const { data, start, end } = found
  if (data.resultType === 'streams') return <LogLines streams={data.result} start={start} end={end} />
  const isList = data.resultType === 'vector' || data.resultType === 'matrix'
  if (isList && data.result.length === 0)
    return (
      <p class="hint empty-result">
        No series. The query can be evaluated, but nothing has these names and labels
        {end > start ? ' in this time' : ' at this moment'}. Explain shows which part of it is empty.
      </p>
    )
  return (
    <>
      {isList && <p class="hint">{count(data.result.length, 'series', 'series')}</p>}
      {data.resultType === 'matrix' && end > start && <ResultGraph answer={found} />}
      <ResultTable data={data} isRange={end > start} />
    </>
  )
}
