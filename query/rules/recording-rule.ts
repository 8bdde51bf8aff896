/** Recording rules, as Prometheus' `rules/recording.go` evaluates them. */
import type { Evaluation } from './alerting-rule.ts'
import type { RecordingDefinition } from './rule-file.ts'
import type { RuleSample } from './samples.ts'

/** Gives the result of its expression another name. */
export class RecordingRule {
  readonly kind = 'recording'

  constructor(readonly definition: RecordingDefinition) {}

  /** @throws when the expression fails, or when there are too many series */
  evaluate({ time, queryOffset, limit, surroundings }: Evaluation): RuleSample[] {
    const { name, query, labels } = this.definition
    const changes = { __name__: name, ...Object.fromEntries(labels) }
    const samples = surroundings
      .query(query, time - queryOffset)
      .map((sample) => ({ labels: sample.labels.with(changes), value: sample.value }))
    if (new Set(samples.map((sample) => sample.labels.key)).size < samples.length)
      throw new Error('vector contains metrics with the same labelset after applying rule labels')
    if (limit > 0 && samples.length > limit) throw new Error(`exceeded limit of ${limit} with ${samples.length} series`)
    return samples
  }
}
