import type { Line, LineSource } from '../lines/line.ts'
import type { LogExpression, Unwrap } from '../logql/expression.ts'
import { LineLabels } from '../logql/line-labels.ts'
import { noHints } from '../logql/parser-hints.ts'
import { convert, inPeriod, type Period } from '../logql/pipeline.ts'
import { labelFilter, type RunnableStage, runnable } from '../logql/stages.ts'
import type { Budget } from '../promql/budget.ts'
import type { Labels } from '../series/labels.ts'
import { describeSelector, describeStage, describeUnwrap } from './describe-logql.ts'
import type { ExampleLine, StageResult } from './explanation.ts'

/** Characters of an example. */
const LONGEST = 2000

interface StreamLine {
  readonly stream: Labels
  readonly line: Line
}

/** What a stage was seen to do. */
interface Tally {
  in: number
  out: number
  errors: number
  /** The newest line that was removed. */
  removed: StreamLine | undefined
}

interface NamedStage extends Pick<StageResult, 'text' | 'from' | 'to' | 'about'> {
  readonly run: RunnableStage['run']
}

/**
 * Sends the lines of a period, its end excluded, through a pipeline, and tells what each stage did.
 *
 * @param text the query
 * @throws {TooManySamples | QueryTimeout}
 */
export function pipelineStages(
  source: LineSource,
  text: string,
  log: LogExpression,
  unwrap: Unwrap | undefined,
  { start, end }: Period,
  budget: Budget,
): StageResult[] {
  const selectorEnd = log.stages[0]?.range.from ?? (unwrap === undefined ? log.range.to : pipeBefore(text, unwrap))
  const stages = namedStages(text, log, unwrap)
  const tallies = stages.map((): Tally => ({ in: 0, out: 0, errors: 0, removed: undefined }))
  let example: { readonly found: StreamLine; readonly passed: number } | undefined
  let selected = 0
  for (const found of linesOf(source, log.matchers, { start, end }, budget)) {
    selected++
    const passed = send(found, stages, tallies)
    const isBetter = passed > (example?.passed ?? -1)
    const isNewer = passed === example?.passed && found.line.time >= example.found.line.time
    if (isBetter || isNewer) example = { found, passed }
  }
  const snapshots = example === undefined ? [] : snapshotsOf(example.found, stages)
  const written = text.slice(log.range.from, selectorEnd).trimEnd()
  const selector: StageResult = {
    text: written,
    from: log.range.from,
    to: log.range.from + written.length,
    about: describeSelector(log.matchers),
    in: [...linesOf(source, [], { start, end }, budget)].length,
    out: selected,
    errors: 0,
    example: snapshots[0] ?? null,
    removed: null,
  }
  return [
    selector,
    ...stages.map(({ run: _, ...stage }, i): StageResult => {
      const { removed, ...tally } = tallies[i] as Tally
      return {
        ...stage,
        ...tally,
        example: snapshots[i + 1] ?? null,
        removed: removed === undefined ? null : (snapshotsOf(removed, stages)[i] ?? null),
      }
    }),
  ]
}

function namedStages(text: string, log: LogExpression, unwrap: Unwrap | undefined): NamedStage[] {
  const stages = log.stages.map((stage): NamedStage => {
    const { from, to } = stage.range
    return { text: text.slice(from, to), from, to, about: describeStage(stage), run: runnable(stage).run }
  })
  if (unwrap === undefined) return stages
  const from = pipeBefore(text, unwrap)
  const { to } = unwrap.range
  const named = { text: text.slice(from, to), from, to, about: describeUnwrap(unwrap), run: runUnwrap(unwrap) }
  return [...stages, named]
}

/** The grammar counts the `|` as a part of `unwrap`, or not. */
function pipeBefore(text: string, { range: { from } }: Unwrap): number {
  return text.charAt(from) === '|' ? from : text.lastIndexOf('|', from)
}

function runUnwrap({ label, conversion, filters }: Unwrap): RunnableStage['run'] {
  const runnables = filters.map(labelFilter)
  return (line, labels) => {
    const value = labels.get(label) ?? ''
    if (value === '') return undefined
    convert(conversion, value, labels)
    return runnables.every((filter) => filter.run(line, labels) !== undefined) ? line : undefined
  }
}

/** @returns how many stages the line passed */
function send(found: StreamLine, stages: readonly NamedStage[], tallies: readonly Tally[]): number {
  const labels = labelsOf(found)
  let text: string | undefined = found.line.text
  let hadError = false
  for (const [i, stage] of stages.entries()) {
    const tally = tallies[i] as Tally
    tally.in++
    text = stage.run(text, labels)
    if (text === undefined) {
      if (found.line.time >= (tally.removed?.line.time ?? 0n)) tally.removed = found
      return i
    }
    tally.out++
    if (labels.hasError && !hadError) tally.errors++
    hadError = labels.hasError
  }
  return stages.length
}

/** The line as it was before the first stage, and after each stage that it passed. */
function snapshotsOf(found: StreamLine, stages: readonly NamedStage[]): ExampleLine[] {
  const labels = labelsOf(found)
  const snapshots = [snapshot(found, found.line.text, labels)]
  let text: string | undefined = found.line.text
  for (const stage of stages) {
    text = stage.run(text, labels)
    if (text === undefined) return snapshots
    snapshots.push(snapshot(found, text, labels))
  }
  return snapshots
}

function snapshot({ line: { time } }: StreamLine, line: string, labels: LineLabels): ExampleLine {
  const shown = [...labels.all()].map(([name, value]) => [name, shortened(value)])
  return { time: String(time), line: shortened(line), labels: Object.fromEntries(shown) }
}

function shortened(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`
}

function labelsOf({ stream, line }: StreamLine): LineLabels {
  return new LineLabels(stream, line.metadata, noHints())
}

function* linesOf(
  source: LineSource,
  matchers: LogExpression['matchers'],
  { start, end }: Period,
  budget: Budget,
): Generator<StreamLine> {
  for (const { labels: stream, lines } of source.select(matchers))
    for (const line of inPeriod(lines, start, end, budget)) yield { stream, line }
}
