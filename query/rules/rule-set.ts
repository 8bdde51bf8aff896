import { readFileSync } from 'node:fs'
import { compareText } from '../series/labels.ts'
import { glob } from './glob.ts'
import { type GroupDefinition, readRuleFile } from './rule-file.ts'
import { RuleGroup, type RuleSettings } from './rule-group.ts'

/** The groups of one file. */
export interface LoadedFile {
  readonly file: string
  readonly groups: readonly GroupDefinition[]
}

/** What was read of rule files. */
export interface LoadedFiles {
  readonly files: readonly LoadedFile[]
  /** In the words of Prometheus, each with the name of its file. */
  readonly problems: readonly string[]
}

/** @param patterns paths, in which `*`, `?` and `[a-z]` stand for characters of a name */
export function readRuleFiles(patterns: readonly string[]): LoadedFiles {
  const paths = [...new Set(patterns.flatMap(glob))]
  const read = paths.map((file) => {
    const { groups, problems } = readOne(file)
    return { file, groups, problems: problems.map((problem) => `${file}: ${problem}`) }
  })
  return { files: read, problems: read.flatMap(({ problems }) => problems) }
}

function readOne(file: string): ReturnType<typeof readRuleFile> {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    return { groups: [], problems: [(error as Error).message] }
  }
  return readRuleFile(text)
}

/** The groups of all rule files, which are evaluated as time goes on. */
export class RuleSet {
  readonly #settings: RuleSettings
  #groups: readonly RuleGroup[] = []
  /** The latest time at which each group was due. */
  readonly #due = new WeakMap<RuleGroup, number>()

  constructor(settings: RuleSettings) {
    this.#settings = settings
  }

  /** In the order of their files and names. */
  get groups(): readonly RuleGroup[] {
    return [...this.#groups].sort((a, b) => compareText(a.file, b.file) || compareText(a.name, b.name))
  }

  /**
   * Replaces all groups. Those that are there before go on with their alerts.
   *
   * @param time when series of groups that are no more end, in milliseconds since 1970
   */
  replace(files: readonly LoadedFile[], time: number): void {
    const before = new Map(this.#groups.map((group) => [keyOf(group.file, group.name), group]))
    this.#groups = files.flatMap(({ file, groups }) =>
      groups.map((definition) => {
        const group = new RuleGroup(file, definition, this.#settings)
        const key = keyOf(file, definition.name)
        const known = before.get(key)
        if (known !== undefined) {
          group.takeOver(known)
          const due = this.#due.get(known)
          if (due !== undefined && known.interval === group.interval) this.#due.set(group, due)
        }
        before.delete(key)
        return group
      }),
    )
    const { store } = this.#settings
    for (const labels of [...before.values()].flatMap(({ written }) => written)) store.markEnded(labels, time)
  }

  /**
   * The groups that are due, and for which time: each at multiples of its interval. They are to be evaluated, because
   * they are not due again until the next. Times that were missed are left out.
   *
   * @param now milliseconds since 1970
   */
  takeDue(now: number): { readonly group: RuleGroup; readonly time: number }[] {
    return this.#groups.flatMap((group) => {
      const time = now - (now % group.interval)
      if (time <= (this.#due.get(group) ?? Number.NEGATIVE_INFINITY)) return []
      this.#due.set(group, time)
      return [{ group, time }]
    })
  }

  /**
   * Evaluates all groups at every multiple of their intervals in a period.
   *
   * @throws when these are too many
   */
  replay(start: number, end: number): void {
    const evaluations = this.#groups.map(({ interval }) => Math.floor((end - start) / interval) + 1)
    const count = evaluations.reduce((a, b) => a + b, 0)
    if (count > MOST_EVALUATIONS)
      throw new Error(
        `the rules would be evaluated ${count} times, which is more than ${MOST_EVALUATIONS}: give the groups a longer interval`,
      )
    for (let now = this.#nextDue(start - 1); now <= end; now = this.#nextDue(now))
      for (const { group, time } of this.takeDue(now)) group.evaluate(time)
  }

  #nextDue(time: number): number {
    const next = this.#groups.map(({ interval }) => time - (time % interval) + interval)
    return Math.min(...next, Number.POSITIVE_INFINITY)
  }
}

const MOST_EVALUATIONS = 200_000

function keyOf(file: string, name: string): string {
  return `${file};${name}`
}
