import { typeOf } from '../../../query/promql/check-types.ts'
import { Engine } from '../../../query/promql/engine.ts'
import type { Expression } from '../../../query/promql/expression.ts'
import { parseExpression } from '../../../query/promql/parse.ts'
import { noLabels } from '../../../query/series/labels.ts'
import { defineExercise, type Exercise } from '../exercise.ts'
import { claimResults, type Judgement, resultOf, SHOWN } from './check-scenarios.ts'
import { COMMON, lookAtSyntax, PLAIN } from './promql-mistakes.ts'
import { remembered } from './remembered.ts'
import { type Comparison, compareRows, type Row, tableOf } from './rows.ts'
import { type Instance, START, scrapeAll } from './service-metrics.ts'
import { type Reader, understood } from './understood.ts'
import { writeOpenMetrics } from './write-openmetrics.ts'

/** Samples that a query is asked about. */
export interface MetricData {
  readonly instances: readonly Instance[]
  readonly minutes: number
  /** When the query is asked, in seconds since `START`; default a minute before the end, and at the end. */
  readonly at?: readonly number[]
}

/** Data of which the learner is told in words only. */
export interface HiddenMetrics extends MetricData {
  /** `when a server has restarted` */
  readonly when: string
}

/** An exercise whose answer is a PromQL query. It is judged by its results. */
export interface PromqlExercise extends Judgement<Expression>, Comparison {
  readonly hints: readonly string[]
  /** A query that gives what is wanted. */
  readonly reference: string
  /** The data that the learner can look at. */
  readonly shown: MetricData
  readonly hidden: readonly HiddenMetrics[]
}

/** A learner's query is small. What takes longer is a mistake. */
const LIMITS = { samples: 5_000_000, time: 3000 }

const READER: Reader<Expression> = {
  tool: 'Prometheus',
  language: 'PromQL',
  parse: parseExpression,
  lookAt: lookAtSyntax,
}

/** An exercise that evaluates the learner's query over data, most of which the learner has not seen. */
export function definePromqlExercise({
  hints,
  reference,
  shown,
  hidden,
  ...judgement
}: PromqlExercise): Exercise<string> {
  const end = timeAt(shown.minutes * 60)
  const wanted = parseExpression(reference)
  const wantedOver = remembered((data: MetricData) =>
    momentsOf(data).map((second) => rowsOf(data, reference, wanted, second)),
  )
  const scenarios = [
    { title: SHOWN, data: shown },
    ...hidden.map((data): { title: string; data: MetricData } => ({ title: `and ${data.when}`, data })),
  ]
  return defineExercise<string>({
    hints,
    async check(text, claim) {
      const expression = understood(text, claim, READER)
      claim('the result is a number for each series', hasTable(expression), {
        expected: 'an instant vector: one value for each series',
        seen: typeOf(expression) === 'matrix' ? 'a range vector: all samples of a time' : 'a text',
        look: 'a range such as [5m]: a function such as rate makes one value of it',
      })
      const mistakes = [...PLAIN, ...judgement.mistakes, ...COMMON]
      for (const { title, data } of scenarios) {
        const evaluations = momentsOf(data).map((second, i) => ({
          moment: timeAt(second),
          differ: () => compareRows(wantedOver(data)[i] ?? [], rowsOf(data, text, expression, second), judgement),
        }))
        claimResults(title, expression, evaluations, claim, { ...judgement, mistakes })
      }
    },
    preview(text) {
      const answer = resultOf(() => {
        const expression = parseExpression(text)
        return hasTable(expression) ? rowsOf(shown, text, expression, shown.minutes * 60) : undefined
      })
      return 'result' in answer && answer.result !== undefined
        ? { title: `Your query over the data of --data, at ${end}`, table: tableOf(answer.result) }
        : undefined
    },
    data: () => ({
      metrics: writeOpenMetrics(storeOf(shown)),
      example: { query: EXAMPLE, at: end },
    }),
  })
}

function hasTable(expression: Expression): boolean {
  return ['vector', 'scalar'].includes(typeOf(expression))
}

/** Tells which metrics there are. */
const EXAMPLE = 'count by (__name__) ({__name__=~".+"})'

function timeAt(second: number): string {
  return new Date(START + second * 1000).toISOString().replace('.000Z', 'Z')
}

function momentsOf({ minutes, at = [minutes * 60 - 60, minutes * 60] }: MetricData): readonly number[] {
  return at
}

/** The same data are asked many times while a learner tries. */
const storeOf = remembered(({ instances, minutes }: MetricData) => scrapeAll(instances, minutes))

function rowsOf(data: MetricData, text: string, expression: Expression, second: number): Row[] {
  const engine = new Engine(storeOf(data), { limits: LIMITS })
  const { result } = engine.instant({ text, expression }, START + second * 1000)
  if (result.type === 'scalar') return [{ labels: noLabels, value: result.sample[1] }]
  if (result.type !== 'vector') throw new Error(`a query gave a ${result.type}`)
  return result.series.map(({ labels, samples: [sample] }) => ({ labels, value: sample?.[1] ?? Number.NaN }))
}
