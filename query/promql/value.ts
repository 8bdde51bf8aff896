import type { Labels } from '../series/labels.ts'
import type { SampledSeries } from '../series/series.ts'

/** The moments for which an expression is evaluated. All in milliseconds. */
export interface Steps {
  readonly start: number
  /** 0 when there is one step only. */
  readonly interval: number
  readonly count: number
}

/** In milliseconds. */
export function timeOf(steps: Steps, step: number): number {
  return steps.start + step * steps.interval
}

/** A series of an instant vector over all steps. */
export interface StepSeries {
  readonly labels: Labels
  readonly values: Float64Array
  /** 1 for each step at which the series has a value. */
  readonly present: Uint8Array
}

/** What an expression gives: for each step a number, or a vector; or samples with times of their own. */
export type Value =
  | { readonly type: 'scalar'; readonly values: Float64Array }
  | { readonly type: 'vector'; readonly series: readonly StepSeries[] }
  | { readonly type: 'matrix'; readonly series: readonly SampledSeries[] }
  | { readonly type: 'string'; readonly text: string }

/** A series without any value yet. */
export function emptySeries(labels: Labels, steps: Steps): StepSeries {
  return { labels, values: new Float64Array(steps.count), present: new Uint8Array(steps.count) }
}

/** A query that can be parsed, but makes no sense where it is asked. */
export class InvalidQuery extends Error {
  override readonly name = 'InvalidQuery'
}

/** The query is right, but its execution failed. The message is Prometheus'. */
export class ExecutionError extends Error {
  override readonly name = 'ExecutionError'
}

/** Evaluation went on for too long. */
export class QueryTimeout extends Error {
  override readonly name = 'QueryTimeout'
  constructor() {
    super('query timed out in expression evaluation')
  }
}
