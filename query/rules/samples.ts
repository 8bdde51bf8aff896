import { Engine, type EngineOptions, type Query } from '../promql/engine.ts'
import { type Labels, noLabels } from '../series/labels.ts'
import type { SeriesSource } from '../series/series.ts'

/** A series of a rule's result. */
export interface RuleSample {
  readonly labels: Labels
  readonly value: number
}

/** Where rules read, and where they write what they give. */
export interface RuleStore extends SeriesSource {
  append(labels: Labels, time: number, value: number): void
  markEnded(labels: Labels, time: number): void
  latest(labels: Labels): { readonly time: number; readonly value: number | undefined } | undefined
}

/**
 * Asks a query at a time, in milliseconds.
 *
 * @throws {ParseError | InvalidQuery | ExecutionError | QueryTimeout}
 */
export type RuleQueryFunction = (query: Query, time: number) => readonly RuleSample[]

/** Queries as rules ask them, which take a number for a vector with one series. */
export function queriesOver(source: SeriesSource, options: Partial<EngineOptions> = {}): RuleQueryFunction {
  const engine = new Engine(source, options)
  return (query, time) => {
    const { result } = engine.instant(query, time)
    if (result.type === 'scalar') return [{ labels: noLabels, value: result.sample[1] }]
    if (result.type !== 'vector') throw new Error('rule result is not a vector or scalar')
    return result.series.map(({ labels, samples: [sample] }) => ({ labels, value: sample?.[1] as number }))
  }
}
