import { useSignal } from '@preact/signals'
import type { Part, PartResult, QueryResult, StageResult } from '../../wire.ts'
import { clock, count } from '../format.ts'
import { explanation } from './ask-state.ts'
import { Code } from './code.tsx'
import { Remarks } from './outcome.tsx'
import { PipelineStages } from './pipeline-stages.tsx'
import { askInstant } from './query-api.ts'
import { ResultTable } from './result-table.tsx'

/** A query as a tree. Each part has its own result, so that one sees what the next one was given. */
export function Explained() {
  const found = explanation.value
  if (found === null) return <p class="waiting">Explaining …</p>
  const { root, warnings, infos, language } = found
  return (
    <div class="explained">
      <Remarks warnings={warnings} infos={infos} />
      <p class="hint">
        Read it from the inside out: each part works on the results of the parts below it. Evaluated at{' '}
        <time>{clock(root.time * 1000)}</time>
        {language === 'promql' && '; in a graph, the same is done at each step'}.
      </p>
      <ul class="parts">
        <PartItem part={root} time={root.time} />
      </ul>
    </div>
  )
}

/** @param time of the part above, which most parts share */
function PartItem({ part, time }: { readonly part: Part; readonly time: number }) {
  const { text, about, type, result, error, operands, stages } = part
  return (
    <li class="part">
      <div class="part-box">
        <p class="part-text">
          <Code text={text} />
        </p>
        <p class="part-about">{about}</p>
        <p class="part-facts">
          <span class="part-type">{type}</span>
          {result !== null && <Size type={type} result={result} />}
          {part.time !== time && (
            <span>
              at <time>{clock(part.time * 1000)}</time>
            </span>
          )}
        </p>
        {error !== null && <p class="failure part-error">{error}</p>}
        {result !== null && <PartData part={part} result={result} />}
        {stages.length > 0 && <PipelineStages stages={stages as readonly StageResult[]} />}
      </div>
      {operands.length > 0 && (
        <ul class="parts">
          {operands.map((operand) => (
            <PartItem key={`${operand.from}-${operand.to}`} part={operand} time={part.time} />
          ))}
        </ul>
      )}
    </li>
  )
}

function Size({ type, result }: { readonly type: Part['type']; readonly result: PartResult }) {
  if (type === 'scalar' || type === 'string') return null
  return (
    <>
      <span>{count(result.series, 'series', 'series')}</span>
      {type === 'range vector' && <span>{count(result.samples, 'sample')}</span>}
    </>
  )
}

function PartData({ part, result }: { readonly part: Part; readonly result: PartResult }) {
  /** Of one evaluation: a later one has another time. */
  const fetched = useSignal<{ readonly time: number; readonly data: QueryResult } | null>(null)
  const problem = useSignal<string | null>(null)
  const { data } = result
  const full = fetched.value?.time === part.time ? fetched.value.data : null
  const shown = full ?? data
  const isCut = full === null && (isCutShort(data, result) || data.result.length < result.series)
  if (result.series === 0 && data.resultType !== 'string')
    return <p class="hint">It is empty: no series has these names and labels.</p>
  const expand = async () => {
    try {
      const data = await askInstant(explanation.value?.language ?? 'promql', part.text, part.time)
      fetched.value = { time: part.time, data }
    } catch (error) {
      problem.value = (error as Error).message
    }
  }
  return (
    <>
      <ResultTable data={shown} isRange={false} />
      {isCut && (
        <button type="button" class="quiet" onClick={expand}>
          Show all {count(result.series, 'series', 'series')}
          {data.resultType === 'matrix' && ` and ${count(result.samples, 'sample')}`}
        </button>
      )}
      {problem.value !== null && (
        <p class="failure" role="alert">
          {problem.value}
        </p>
      )}
    </>
  )
}

/** Whether samples were left out. */
function isCutShort(data: QueryResult, { samples }: PartResult): boolean {
  return data.resultType === 'matrix' && data.result.reduce((sum, { values }) => sum + values.length, 0) < samples
}
