import { typeOf } from '../../../query/promql/check-types.ts'
import { Engine } from '../../../query/promql/engine.ts'
import type { Expression } from '../../../query/promql/expression.ts'
import { parseExpression } from '../../../query/promql/parse.ts'
import { ParseError } from '../../../query/promql/position.ts'
import { noLabels } from '../../../query/series/labels.ts'
import type { SeriesStore } from '../../../query/series/store.ts'
import { defineExercise, type Exercise } from '../exercise.ts'
import { claimResults, type Judgement, rowsOrError } from './check-scenarios.ts'
import { COMMON, lookAtSyntax, PLAIN } from './promql-mistakes.ts'
import { type Row, tableOf } from './rows.ts'
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
export interface PromqlExercise extends Judgement<Expression> {
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
  isAboutQuery: (error) => error instanceof ParseError,
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
  return defineExercise<string>({
    hints,
    async check(text, claim) {
      const expression = understood(text, claim, READER)
      const type = typeOf(expression)
      claim('the result is a number for each series', type === 'vector' || type === 'scalar', {
        expected: 'an instant vector: one value for each series',
        seen: type === 'matrix' ? 'a range vector: all samples of a time' : 'a text',
        look: 'a range such as [5m]: a function such as rate makes one value of it',
      })
      const wanted = parseExpression(reference)
      const mistakes = [...PLAIN, ...judgement.mistakes, ...COMMON]
      for (const { title, ...data } of [
        { ...shown, title: SHOWN },
        ...hidden.map((one) => ({ ...one, title: `and ${one.when}` })),
      ]) {
        const evaluations = momentsOf(data).map((second) => ({
          moment: timeAt(second),
          wanted: () => rowsOf(data, reference, wanted, second),
          given: () => rowsOf(data, text, expression, second),
        }))
        claimResults(title, expression, evaluations, claim, { ...judgement, mistakes })
      }
    },
    preview(text) {
      const expression = vectorIn(text)
      if (expression === undefined) return undefined
      const answer = rowsOrError(() => rowsOf(shown, text, expression, shown.minutes * 60))
      return 'rows' in answer
        ? { title: `Your query over the data of --data, at ${end}`, table: tableOf(answer.rows) }
        : undefined
    },
    data: () => ({
      metrics: writeOpenMetrics(storeOf(shown)),
      example: { path: '/api/v1/query', parameters: { time: end, query: EXAMPLE } },
    }),
  })
}

/** Undefined when it is no query, or one without a table. */
function vectorIn(text: string): Expression | undefined {
  try {
    const expression = parseExpression(text)
    return ['vector', 'scalar'].includes(typeOf(expression)) ? expression : undefined
  } catch (error) {
    if (error instanceof ParseError) return undefined
    throw error
  }
}

const SHOWN = 'the result is right over the data that you can look at'

/** Tells which metrics there are. */
const EXAMPLE = 'count by (__name__) ({job!=""})'

function timeAt(second: number): string {
  return new Date(START + second * 1000).toISOString().replace('.000Z', 'Z')
}

function momentsOf({ minutes, at = [minutes * 60 - 60, minutes * 60] }: MetricData): readonly number[] {
  return at
}

const stores = new WeakMap<readonly Instance[], SeriesStore>()

/** Built once, because the same data are asked many times while a learner tries. */
function storeOf({ instances, minutes }: MetricData): SeriesStore {
  const known = stores.get(instances) ?? scrapeAll(instances, minutes)
  stores.set(instances, known)
  return known
}

function rowsOf(data: MetricData, text: string, expression: Expression, second: number): Row[] {
  const engine = new Engine(storeOf(data), { limits: LIMITS })
  const { result } = engine.instant({ text, expression }, START + second * 1000)
  if (result.type === 'scalar') return [{ labels: noLabels, value: result.sample[1] }]
  if (result.type !== 'vector') throw new Error(`a query gave a ${result.type}`)
  return result.series.map(({ labels, samples: [sample] }) => ({ labels, value: sample?.[1] ?? Number.NaN }))
}
