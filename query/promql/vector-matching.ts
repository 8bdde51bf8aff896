/** Binary operators between two vectors: which series go together, and what labels the result has. */
import type { Labels } from '../series/labels.ts'
import { arithmetic, comparison } from './arithmetic.ts'
import { Collector, presence, write } from './collect.ts'
import { type Binary, isComparison, type Matching, type SetOperator } from './expression.ts'
import { ExecutionError, type StepSeries, type Steps } from './value.ts'

type Vector = readonly StepSeries[]

/** `and`, `or`, `unless` */
export function combineSets(
  steps: Steps,
  operator: SetOperator,
  matching: Matching,
  left: Vector,
  right: Vector,
): StepSeries[] {
  const result = new Collector(steps)
  const groupOf = groupLabels(matching)
  const filter = operator === 'or' ? left : right
  const present = new Map<string, Uint8Array>()
  for (const series of filter) {
    const key = groupOf(series.labels).key
    const group = present.get(key) ?? new Uint8Array(steps.count)
    present.set(key, group)
    series.present.forEach((value, step) => {
      if (value === 1) group[step] = 1
    })
  }
  if (operator === 'or') for (const series of left) copy(series, result, () => true)
  for (const series of operator === 'or' ? right : left) {
    const group = present.get(groupOf(series.labels).key)
    copy(series, result, (step) => (group?.[step] === 1) === (operator === 'and'))
  }
  return result.series
}

function copy(series: StepSeries, result: Collector, wanted: (step: number) => boolean): void {
  let target: StepSeries | undefined
  for (let step = 0; step < series.values.length; step++) {
    if (series.present[step] === 0 || !wanted(step)) continue
    target ??= result.open(series.labels)
    write(target, step, series.values[step] as number)
  }
}

/** Arithmetic and comparisons. */
export function combine(steps: Steps, binary: Binary, left: Vector, right: Vector): StepSeries[] {
  return new Combination(steps, binary, left, right).result()
}

class Combination {
  readonly #steps: Steps
  readonly #binary: Binary
  readonly #swapped: boolean
  /** Of these, several may match one of the other side when a group modifier says so. */
  readonly #many: Vector
  readonly #one: Vector
  readonly #compute: (left: number, right: number) => number
  readonly #keep: ((left: number, right: number) => boolean) | undefined
  readonly #result: Collector

  constructor(steps: Steps, binary: Binary, left: Vector, right: Vector) {
    this.#steps = steps
    this.#binary = binary
    this.#swapped = binary.matching.cardinality === 'one-to-many'
    this.#many = this.#swapped ? right : left
    this.#one = this.#swapped ? left : right
    this.#result = new Collector(steps)
    const { operator, returnBool } = binary
    if (!isComparison(operator)) this.#compute = arithmetic(operator as Parameters<typeof arithmetic>[0])
    else {
      const holds = comparison(operator)
      this.#compute = returnBool ? (a, b) => (holds(a, b) ? 1 : 0) : (a) => a
      if (!returnBool) this.#keep = holds
    }
  }

  result(): StepSeries[] {
    const groupOf = groupLabels(this.#binary.matching)
    const ones = this.#ones(groupOf)
    const matched = new Map<string, Matched>()
    for (const series of this.#many) {
      const key = groupOf(series.labels).key
      const one = ones.get(key)
      if (one === undefined) continue
      const group = matched.get(key) ?? new Matched(this.#steps.count, this.#binary.matching)
      matched.set(key, group)
      this.#combineWith(series, one, group)
    }
    return this.#result.series
  }

  /** For each group, which series of the one side has the value of a step: an index, or -1. */
  #ones(groupOf: (labels: Labels) => Labels): Map<string, Int32Array> {
    const ones = new Map<string, Int32Array>()
    const isMatched = presence(this.#many, this.#steps)
    this.#one.forEach((series, index) => {
      const group = groupOf(series.labels)
      const indexes = ones.get(group.key) ?? new Int32Array(this.#steps.count).fill(-1)
      ones.set(group.key, indexes)
      for (let step = 0; step < indexes.length; step++) {
        if (series.present[step] === 0) continue
        if (indexes[step] !== -1 && isMatched[step] === 1)
          this.#refuseDuplicate(group, series, this.#one[indexes[step] as number] as StepSeries)
        indexes[step] = index
      }
    })
    return ones
  }

  #refuseDuplicate(group: Labels, a: StepSeries, b: StepSeries): never {
    throw new ExecutionError(
      `found duplicate series for the match group ${group} on the ${this.#swapped ? 'left' : 'right'} hand-side of the operation: ` +
        `[${a.labels}, ${b.labels}];many-to-many matching not allowed: matching labels must be unique on one side`,
    )
  }

  #combineWith(many: StepSeries, ones: Int32Array, matched: Matched): void {
    let lastIndex = -1
    let labels: Labels | undefined
    let target: StepSeries | undefined
    for (let step = 0; step < ones.length; step++) {
      const index = ones[step] as number
      if (index === -1 || many.present[step] === 0) continue
      const one = this.#one[index] as StepSeries
      if (index !== lastIndex) {
        labels = this.#resultLabels(many.labels, one.labels)
        target = undefined
        lastIndex = index
      }
      matched.add(step, labels as Labels)
      const x = (this.#swapped ? one : many).values[step] as number
      const y = (this.#swapped ? many : one).values[step] as number
      if (this.#keep !== undefined && !this.#keep(x, y)) continue
      target ??= this.#result.open(labels as Labels)
      write(target, step, this.#compute(x, y))
    }
  }

  #resultLabels(many: Labels, one: Labels): Labels {
    const { operator, returnBool, matching } = this.#binary
    let labels = returnBool || !isComparison(operator) ? many.withoutName() : many
    if (matching.cardinality === 'one-to-one') {
      const names = new Set(matching.labels)
      labels = matching.on ? labels.only(names) : labels.without(names)
    }
    if (matching.include.length === 0) return labels
    return labels.with(Object.fromEntries(matching.include.map((name) => [name, one.get(name)])))
  }
}

/** What a group has matched already, step by step: with one-to-one once, else once for each set of labels. */
class Matched {
  readonly #once: Uint8Array
  readonly #labels: (Set<string> | undefined)[] = []

  constructor(
    steps: number,
    readonly matching: Matching,
  ) {
    this.#once = new Uint8Array(steps)
  }

  add(step: number, labels: Labels): void {
    if (this.matching.cardinality === 'one-to-one') {
      if (this.#once[step] === 1)
        throw new ExecutionError(
          'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)',
        )
      this.#once[step] = 1
      return
    }
    const known = this.#labels[step] ?? new Set()
    this.#labels[step] = known
    if (known.has(labels.key))
      throw new ExecutionError('multiple matches for labels: grouping labels must ensure unique matches')
    known.add(labels.key)
  }
}

/** The labels by which series match: those of `on`, or all but those of `ignoring` and the name. */
function groupLabels({ on, labels }: Matching): (labels: Labels) => Labels {
  const names = new Set(on ? labels : [...labels, '__name__'])
  return (own) => (on ? own.only(names) : own.without(names))
}
