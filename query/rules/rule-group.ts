/** Groups of rules, as Prometheus' `rules/group.go` evaluates them. */
import type { Labels } from '../series/labels.ts'
import { type Alert, AlertingRule, type AlertState } from './alerting-rule.ts'
import { RecordingRule } from './recording-rule.ts'
import type { GroupDefinition, RuleDefinition } from './rule-file.ts'
import type { RuleQueryFunction, RuleSample, RuleStore } from './samples.ts'

/** What the groups of a set of files share. */
export interface RuleSettings {
  readonly store: RuleStore
  readonly query: RuleQueryFunction
  /** For groups that have none, in milliseconds. */
  readonly interval: number
  readonly externalLabels?: ReadonlyMap<string, string>
  readonly externalUrl?: string
}

/** A rule, and how its last evaluation went. */
export class EvaluatedRule {
  readonly rule: AlertingRule | RecordingRule
  health: 'unknown' | 'ok' | 'err' = 'unknown'
  lastError: Error | undefined
  /** Milliseconds since 1970; undefined if never. */
  lastEvaluation: number | undefined
  /** Seconds that it took. */
  evaluationTime = 0
  /** The series that the last evaluation gave. */
  written = new Map<string, Labels>()

  constructor(readonly definition: RuleDefinition) {
    this.rule = definition.kind === 'alerting' ? new AlertingRule(definition) : new RecordingRule(definition)
  }

  get alerts(): readonly Alert[] {
    return this.rule.kind === 'alerting' ? this.rule.activeAlerts : []
  }

  /** Of an alerting rule. */
  get state(): AlertState | 'unknown' {
    if (this.rule.kind !== 'alerting' || this.lastEvaluation === undefined) return 'unknown'
    return this.rule.state
  }

  /** Rules with the same name and labels go on where the other has stopped. */
  get identity(): string {
    const { name, labels } = this.definition
    return JSON.stringify([name, [...labels].sort()])
  }
}

/** Rules that are evaluated together, in their order. */
export class RuleGroup {
  readonly rules: readonly EvaluatedRule[]
  readonly interval: number
  lastEvaluation: number | undefined
  /** Seconds that it took. */
  evaluationTime = 0
  readonly #settings: RuleSettings
  /** Series of rules that are no more. */
  #abandoned: Labels[] = []

  constructor(
    readonly file: string,
    readonly definition: GroupDefinition,
    settings: RuleSettings,
  ) {
    this.#settings = settings
    this.interval = definition.interval ?? settings.interval
    this.rules = definition.rules.map((rule) => new EvaluatedRule(rule))
  }

  get name(): string {
    return this.definition.name
  }

  /** The series that its rules gave last. */
  get written(): Labels[] {
    return this.rules.flatMap(({ written }) => [...written.values()])
  }

  /** Goes on where a group of the same name has stopped: with its alerts, and with the series that it wrote. */
  takeOver(other: RuleGroup): void {
    this.lastEvaluation = other.lastEvaluation
    this.evaluationTime = other.evaluationTime
    const left = [...other.rules]
    for (const rule of this.rules) {
      const at = left.findIndex(({ identity }) => identity === rule.identity)
      const [before] = at === -1 ? [] : left.splice(at, 1)
      if (before === undefined) continue
      rule.written = before.written
      if (rule.rule instanceof AlertingRule && before.rule instanceof AlertingRule) rule.rule.takeOver(before.rule)
    }
    this.#abandoned.push(...other.#abandoned, ...left.flatMap(({ written }) => [...written.values()]))
  }

  /**
   * Evaluates all rules. What fails is told by the rule's `lastError`; nothing is thrown.
   *
   * @param time milliseconds since 1970
   */
  evaluate(time: number): void {
    for (const _ of this.evaluateStepwise(time));
  }

  /** As {@link evaluate}, but stops after each rule, so that something else can run. */
  *evaluateStepwise(time: number): Generator<undefined> {
    const start = performance.now()
    for (const rule of this.rules) {
      this.#evaluateOne(rule, time)
      yield
    }
    const { store } = this.#settings
    for (const labels of this.#abandoned) endSeries(store, labels, time - this.definition.queryOffset)
    this.#abandoned = []
    this.lastEvaluation = time
    this.evaluationTime = (performance.now() - start) / 1000
  }

  #evaluateOne(rule: EvaluatedRule, time: number): void {
    const start = performance.now()
    const { query, externalLabels = new Map(), externalUrl = '' } = this.#settings
    const { queryOffset, limit } = this.definition
    try {
      const surroundings = { query, time, externalLabels, externalUrl }
      const samples = rule.rule.evaluate({ time, queryOffset, limit, surroundings })
      rule.health = 'ok'
      rule.lastError = undefined
      this.#write(rule, samples, time - queryOffset)
    } catch (error) {
      rule.health = 'err'
      rule.lastError = error as Error
    }
    rule.lastEvaluation = time
    rule.evaluationTime = (performance.now() - start) / 1000
  }

  #write(rule: EvaluatedRule, samples: readonly RuleSample[], time: number): void {
    const { store } = this.#settings
    const written = new Map<string, Labels>()
    for (const { labels, value } of samples) {
      const problem = writeSample(store, labels, time, value)
      if (problem === undefined) written.set(labels.key, labels)
      else {
        rule.health = 'err'
        rule.lastError = problem
      }
    }
    for (const [key, labels] of rule.written) if (!written.has(key)) endSeries(store, labels, time)
    rule.written = written
  }
}

/** @returns why it cannot be written */
function writeSample(store: RuleStore, labels: Labels, time: number, value: number): Error | undefined {
  const latest = store.latest(labels)
  if (latest !== undefined && time < latest.time) return new Error('out of order sample')
  if (latest === undefined || time > latest.time) return appendSample(store, labels, time, value)
  if (Object.is(latest.value, value)) return undefined
  return new Error(
    `duplicate sample for timestamp ${time}; overrides not allowed: existing ${latest.value ?? 'NaN'}, new value ${value}`,
  )
}

function appendSample(store: RuleStore, labels: Labels, time: number, value: number): Error | undefined {
  try {
    store.append(labels, time, value)
    return undefined
  } catch (error) {
    return error as Error
  }
}

/** Another rule may have written the series since. */
function endSeries(store: RuleStore, labels: Labels, time: number): void {
  const latest = store.latest(labels)
  if (latest !== undefined && latest.value !== undefined && latest.time < time) store.markEnded(labels, time)
}
