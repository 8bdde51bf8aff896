import { statSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import type { Limits } from '../query/promql/budget.ts'
import { glob } from '../query/rules/glob.ts'
import type { RuleGroup } from '../query/rules/rule-group.ts'
import { RuleSet, readRuleFiles } from '../query/rules/rule-set.ts'
import { queriesOver, type RuleStore } from '../query/rules/samples.ts'
import type { SeriesStore } from '../query/series/store.ts'
import type { RuleSource } from '../query/server/rules-api.ts'

/** Of groups that have no interval. Prometheus' default is a minute, for which a learner would have to wait. */
const DEFAULT_INTERVAL_MS = 5000

/** Rules run in the process that serves users. */
const RULE_LIMITS: Limits = { samples: 2_000_000, time: 500 }

/** With what rules record. A rule that records everything must not fill the memory. */
export const MOST_SERIES_WITH_RULES = 6000

export interface RuleEvaluationOptions {
  /** Paths of rule files, in which `*`, `?` and `[a-z]` stand for characters of a name. */
  readonly files: readonly string[]
  readonly store: SeriesStore
  /** Is called with what a user should know. */
  readonly warn: (message: string) => void
}

/**
 * Evaluates rule files over the series of the Lab, as Prometheus would. A file that is saved is read again. If it is
 * wrong, the last rules that were right go on.
 */
export class RuleEvaluation implements RuleSource {
  readonly #files: readonly string[]
  readonly #rules: RuleSet
  readonly #warn: (message: string) => void
  #version: string | undefined
  #problems: readonly string[] = []
  #isEvaluating = false

  constructor({ files, store, warn }: RuleEvaluationOptions) {
    this.#files = files
    this.#warn = warn
    const query = queriesOver(store, { limits: RULE_LIMITS })
    this.#rules = new RuleSet({ store: bounded(store), query, interval: DEFAULT_INTERVAL_MS })
  }

  get groups(): readonly RuleGroup[] {
    return this.#rules.groups
  }

  /** Why files are not used as they are. */
  get problems(): readonly string[] {
    return this.#problems
  }

  /**
   * Reads files that were saved, and evaluates the groups that are due. To be called each second.
   *
   * @param now milliseconds since 1970
   */
  async tick(now: number): Promise<void> {
    if (this.#files.length === 0 || this.#isEvaluating) return
    this.#isEvaluating = true
    try {
      this.#reload(now)
      for (const { group, time } of this.#rules.takeDue(now)) {
        for (const _ of group.evaluateStepwise(time)) await setImmediate() // requests are served between rules
      }
    } finally {
      this.#isEvaluating = false
    }
  }

  #reload(now: number): void {
    const version = versionOf(this.#files)
    if (version === this.#version) return
    this.#version = version
    const missing = this.#files.filter((pattern) => glob(pattern).length === 0)
    const { files, problems } = readRuleFiles(this.#files)
    this.#problems = [...missing.map((pattern) => `${pattern}: there is no such file`), ...problems]
    for (const problem of this.#problems) this.#warn(`rules are not loaded: ${problem}`)
    if (problems.length === 0) this.#rules.replace(files, now)
  }
}

/** Changes when a file appears, is saved or goes. */
function versionOf(patterns: readonly string[]): string {
  return patterns
    .flatMap(glob)
    .map((path) => {
      const found = statSync(path, { throwIfNoEntry: false })
      return `${path} ${found?.mtimeMs} ${found?.size}`
    })
    .join('\n')
}

function bounded(store: SeriesStore): RuleStore {
  return {
    select: (matchers) => store.select(matchers),
    markEnded: (labels, time) => store.markEnded(labels, time),
    latest: (labels) => store.latest(labels),
    append(labels, time, value) {
      if (store.size >= MOST_SERIES_WITH_RULES && store.latest(labels) === undefined)
        throw new Error(`the Lab keeps ${MOST_SERIES_WITH_RULES} series; there is no place for ${labels}`)
      store.append(labels, time, value)
    },
  }
}
