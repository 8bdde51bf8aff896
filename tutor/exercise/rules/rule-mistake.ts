import type { GroupDefinition } from '../../../query/rules/rule-file.ts'

/** How rules fail a scenario. */
export interface Failure {
  readonly kind:
    | 'error' // a rule cannot be evaluated
    | 'silent' // no alert
    | 'pending' // an alert that never fires
    | 'late'
    | 'unnamed' // it does not say which service
    | 'flapping' // it ends while the fault lasts
    | 'many' // several alerts for one fault
    | 'lingering' // it fires long after the fault
    | 'false' // it fires without a fault
  /** In words, for the learner. */
  readonly seen: string
}

/** Rules that fail a scenario. */
export interface RuleFinding {
  readonly groups: readonly GroupDefinition[]
  readonly failure: Failure
}

/** A mistake that many make. It is looked for only in rules that fail a scenario. */
export interface RuleMistake {
  readonly isIn: (finding: RuleFinding) => boolean
  /** What the learner should look at. */
  readonly look: string
}
