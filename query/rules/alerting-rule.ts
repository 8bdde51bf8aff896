/** Alerting rules, as Prometheus' `rules/alerting.go` evaluates them. */
import { compareText, Labels } from '../series/labels.ts'
import { AlertTemplate, type Surroundings } from './alert-template.ts'
import type { AlertingDefinition } from './rule-file.ts'
import type { RuleSample } from './samples.ts'

export type AlertState = 'inactive' | 'pending' | 'firing'

/** An alert that was raised for one series. Times are milliseconds since 1970. */
export interface Alert {
  readonly labels: Labels
  /** Names and texts, sorted by name. */
  readonly annotations: readonly (readonly [string, string])[]
  readonly state: AlertState
  /** What the expression gave when the alert was last evaluated. */
  readonly value: number
  readonly activeAt: number
  readonly firedAt: number | undefined
  /** Since when it fires without its series. */
  readonly keepFiringSince: number | undefined
  readonly resolvedAt: number | undefined
}

type MutableAlert = { -readonly [K in keyof Alert]: Alert[K] }

/** When and how a rule is evaluated. */
export interface Evaluation {
  /** Milliseconds since 1970. */
  readonly time: number
  /** By how much earlier the expression is asked, in milliseconds. */
  readonly queryOffset: number
  /** How many series or alerts there may be; 0 for any number. */
  readonly limit: number
  readonly surroundings: Surroundings
}

/** For how long a resolved alert is kept. */
const RESOLVED_RETENTION_MS = 15 * 60_000

/** Raises alerts, and says which series they are seen as. */
export class AlertingRule {
  readonly kind = 'alerting'
  readonly #labels: readonly (readonly [string, AlertTemplate])[]
  readonly #annotations: readonly (readonly [string, AlertTemplate])[]
  /** By the keys of their labels. */
  #alerts = new Map<string, MutableAlert>()

  constructor(readonly definition: AlertingDefinition) {
    const { name, labels, annotations } = definition
    const templates = (texts: ReadonlyMap<string, string>) =>
      sortedEntries(texts).map(([key, text]) => [key, new AlertTemplate(name, text)] as const)
    this.#labels = templates(labels)
    this.#annotations = templates(annotations)
  }

  /** Those that are pending or firing. */
  get activeAlerts(): readonly Alert[] {
    return [...this.#alerts.values()].filter(({ resolvedAt }) => resolvedAt === undefined)
  }

  /** The most severe state of its alerts. */
  get state(): AlertState {
    const states = new Set([...this.#alerts.values()].map(({ state }) => state))
    return states.has('firing') ? 'firing' : states.has('pending') ? 'pending' : 'inactive'
  }

  /** Goes on with the alerts of a rule that it replaces. */
  takeOver(other: AlertingRule): void {
    for (const [key, alert] of other.#alerts) this.#alerts.set(key, alert)
  }

  /**
   * @returns `ALERTS` and `ALERTS_FOR_STATE`
   * @throws when the expression fails, or when there are too many alerts
   */
  evaluate(evaluation: Evaluation): RuleSample[] {
    const { time, queryOffset, limit, surroundings } = evaluation
    const result = surroundings.query(this.definition.query, time - queryOffset)
    const found = this.#raise(result, evaluation)
    for (const [key, alert] of found) {
      const known = this.#alerts.get(key)
      if (known === undefined || known.state === 'inactive') this.#alerts.set(key, alert)
      else Object.assign(known, { value: alert.value, annotations: alert.annotations })
    }
    const active: MutableAlert[] = []
    for (const [key, alert] of this.#alerts) if (this.#advance(alert, key, found.has(key), time)) active.push(alert)
    if (limit > 0 && active.length > limit) {
      this.#alerts = new Map()
      throw new Error(`exceeded limit of ${limit} with ${active.length} alerts`)
    }
    return active.flatMap((alert) => this.#seriesOf(alert))
  }

  #raise(result: readonly RuleSample[], { time, surroundings }: Evaluation): Map<string, MutableAlert> {
    const found = new Map<string, MutableAlert>()
    for (const sample of result) {
      const labels = this.#labelsOf(sample, surroundings)
      if (found.has(labels.key))
        throw new Error('vector contains metrics with the same labelset after applying alert labels')
      found.set(labels.key, {
        labels,
        annotations: this.#annotations.map(([name, template]) => [name, template.fill(sample, surroundings)]),
        state: 'pending',
        value: sample.value,
        activeAt: time,
        firedAt: undefined,
        keepFiringSince: undefined,
        resolvedAt: undefined,
      })
    }
    return found
  }

  #labelsOf(sample: RuleSample, surroundings: Surroundings): Labels {
    const changes = this.#labels.map(([name, template]) => [name, template.fill(sample, surroundings)])
    return sample.labels.with({
      ...Object.fromEntries(changes),
      __name__: '',
      alertname: this.definition.name,
    })
  }

  /** @returns whether the alert is pending or firing now */
  #advance(alert: MutableAlert, key: string, isFound: boolean, time: number): boolean {
    if (isFound) alert.keepFiringSince = undefined
    else if (!this.#isKept(alert, key, time)) return false
    const { for: wait } = this.definition
    const isDue = time - alert.activeAt >= wait
    if (alert.state === 'pending' && isDue) {
      alert.state = 'firing'
      alert.firedAt = time
    } else if (alert.state === 'firing' && !isDue) {
      // The rule was changed, and asks for more patience now.
      alert.state = 'pending'
      alert.firedAt = undefined
      alert.keepFiringSince = undefined
    }
    return true
  }

  /** Whether an alert without its series goes on; if not, it is resolved, or forgotten. */
  #isKept(alert: MutableAlert, key: string, time: number): boolean {
    const { keepFiringFor } = this.definition
    if (alert.state === 'firing' && keepFiringFor > 0) {
      alert.keepFiringSince ??= time
      if (time - alert.keepFiringSince < keepFiringFor) return true
    }
    const isOld = alert.resolvedAt !== undefined && time - alert.resolvedAt > RESOLVED_RETENTION_MS
    if (alert.state === 'pending' || isOld) this.#alerts.delete(key)
    if (alert.state !== 'inactive') {
      alert.state = 'inactive'
      alert.resolvedAt = time
    }
    return false
  }

  #seriesOf({ labels, state, activeAt }: Alert): RuleSample[] {
    // Labels of the rule whose template gave nothing show the template, as in Prometheus.
    const own = Labels.from([...this.definition.labels, ...labels.entries(), ['alertname', this.definition.name]])
    return [
      { labels: own.with({ __name__: 'ALERTS', alertstate: state }), value: 1 },
      { labels: own.with({ __name__: 'ALERTS_FOR_STATE' }), value: Math.floor(activeAt / 1000) },
    ]
  }
}

function sortedEntries(texts: ReadonlyMap<string, string>): [string, string][] {
  return [...texts].sort(([a], [b]) => compareText(a, b))
}
