import { LogEngine, type LogResult } from '../../../query/logql/engine.ts'
import type { LogQuery } from '../../../query/logql/expression.ts'
import { parseLogQuery } from '../../../query/logql/parse.ts'
import { noLabels } from '../../../query/series/labels.ts'
import { defineExercise, type Exercise, type Table } from '../exercise.ts'
import { claimResults, type Judgement, resultOf, SHOWN } from './check-scenarios.ts'
import type { Difference } from './difference.ts'
import { compareLines, linesIn, lineTable } from './found-lines.ts'
import { COMMON, lookAtSyntax, PLAIN } from './logql-mistakes.ts'
import { remembered } from './remembered.ts'
import { type Comparison, compareRows, type Row, tableOf } from './rows.ts'
import { type LogLine, storeLines, writeLog } from './service-log.ts'
import { START } from './service-metrics.ts'
import { type Reader, understood } from './understood.ts'

/** Lines that a query is asked about. */
export interface LogData {
  readonly lines: readonly LogLine[]
  /** When the query is asked. A query for lines is asked about all of the time before. */
  readonly minutes: number
}

/** Lines of which the learner is told in words only. */
export interface HiddenLogs extends LogData {
  /** `when a path has the word error in it` */
  readonly when: string
}

/** An exercise whose answer is a LogQL query. It is judged by its results: lines, or numbers, as those of the reference. */
export interface LogqlExercise extends Judgement<LogQuery>, Comparison {
  readonly hints: readonly string[]
  /** A query that gives what is wanted. */
  readonly reference: string
  /** The lines that the learner can look at. */
  readonly shown: LogData
  readonly hidden: readonly HiddenLogs[]
}

const LIMITS = { samples: 5_000_000, time: 3000 }

const READER: Reader<LogQuery> = { tool: 'Loki', language: 'LogQL', parse: parseLogQuery, lookAt: lookAtSyntax }

/** An exercise that evaluates the learner's query over lines, most of which the learner has not seen. */
export function defineLogqlExercise({
  hints,
  reference,
  shown,
  hidden,
  ...judgement
}: LogqlExercise): Exercise<string> {
  const end = timeAt(shown)
  const wanted = parseLogQuery(reference)
  const wantedOver = remembered((data: LogData) => resultOver(data, wanted))
  const scenarios = [
    { title: SHOWN, data: shown },
    ...hidden.map((data): { title: string; data: LogData } => ({ title: `and ${data.when}`, data })),
  ]
  return defineExercise<string>({
    hints,
    async check(text, claim) {
      const query = understood(text, claim, READER)
      const [lines, numbers] = ['lines', 'numbers, one for each series']
      const isLog = wanted.kind === 'log'
      claim(`the result is ${isLog ? lines : numbers}`, (query.kind === 'log') === isLog, {
        expected: isLog ? lines : numbers,
        seen: isLog ? numbers : lines,
        look: isLog
          ? 'what the task asks for: the lines themselves'
          : 'a range such as [5m]: functions such as rate make numbers of the lines in it',
      })
      const mistakes = [...PLAIN, ...judgement.mistakes, ...COMMON]
      for (const { title, data } of scenarios) {
        const differ = () => differenceOf(wantedOver(data), resultOver(data, query), judgement)
        claimResults(title, query, [{ moment: timeAt(data), differ }], claim, { ...judgement, mistakes })
      }
    },
    preview(text) {
      const answer = resultOf(() => resultOver(shown, parseLogQuery(text)))
      return 'result' in answer
        ? { title: `Your query over the data of --data, at ${end}`, table: asTable(answer.result) }
        : undefined
    },
    data: () => ({
      logs: writeLog(shown.lines),
      example: { query: '{service=~".+"}', at: end },
    }),
  })
}

function timeAt({ minutes }: LogData): string {
  return new Date(START + minutes * 60_000).toISOString().replace('.000Z', 'Z')
}

/** The same lines are asked about many times while a learner tries. */
const storeOf = remembered(({ lines }: LogData) => storeLines(lines))

function resultOver(data: LogData, query: LogQuery): LogResult {
  const engine = new LogEngine(storeOf(data), LIMITS)
  const [start, end] = [START, START + data.minutes * 60_000].map((ms) => BigInt(ms) * 1_000_000n) as [bigint, bigint]
  if (query.kind !== 'log') return engine.instant(query, end)
  return engine.range(query, { start, end, step: 1n, interval: 0n, limit: 5000, direction: 'forward' })
}

function differenceOf(wanted: LogResult, given: LogResult, comparison: Comparison): Difference | undefined {
  return wanted.type === 'streams' && given.type === 'streams'
    ? compareLines(linesIn(wanted.streams), linesIn(given.streams))
    : compareRows(rowsIn(wanted), rowsIn(given), comparison)
}

function rowsIn(result: LogResult): Row[] {
  if (result.type === 'streams') throw new Error('lines are compared with numbers')
  if (result.type === 'scalar') return [{ labels: noLabels, value: result.sample[1] }]
  return result.series.map(({ labels, samples: [sample] }) => ({ labels, value: sample?.[1] ?? Number.NaN }))
}

function asTable(result: LogResult): Table {
  return result.type === 'streams' ? lineTable(linesIn(result.streams)) : tableOf(rowsIn(result))
}
