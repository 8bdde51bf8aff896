import type { Grouping, LabelFilter } from './expression.ts'
import type { EarlyFilter, LineLabels, ParserHints } from './line-labels.ts'

class Hints implements ParserHints {
  readonly #extracted = new Set<string>()

  constructor(
    readonly required: readonly string[],
    readonly noLabels: boolean,
    readonly filters: readonly EarlyFilter[],
  ) {}

  get preservesErrors(): boolean {
    return this.required.includes('__error__')
  }

  get isNothingRequired(): boolean {
    return this.noLabels || this.isAllExtracted
  }

  get isAllExtracted(): boolean {
    return this.required.length > 0 && this.required.every((name) => this.#extracted.has(name))
  }

  shouldExtract(name: string): boolean {
    return this.required.length === 0 || this.required.includes(name)
  }

  shouldExtractPrefix(prefix: string): boolean {
    return this.required.length === 0 || this.required.some((name) => name.startsWith(prefix))
  }

  isExtracted(name: string): boolean {
    return this.#extracted.has(name)
  }

  recordExtracted(name: string): void {
    this.#extracted.add(name)
  }

  mayContinue(name: string, labels: LineLabels): boolean {
    return this.filters.find(({ label }) => label === name)?.passes(labels) ?? true
  }
}

/** For log queries, which show all labels. */
export function noHints(): ParserHints {
  return new Hints([], false, [])
}

/** @param used the labels that stages name */
export function hintsFor(
  used: readonly string[],
  { labels: groups, without }: Grouping,
  noLabels: boolean,
  metric: string,
  filters: readonly EarlyFilter[],
): () => ParserHints {
  const names = [...new Set([...used, ...groups, metric].flatMap(withAndWithoutSuffix))].filter((name) => name !== '')
  if (noLabels) return () => new Hints(names, names.length === 0, names.length === 0 ? [] : filters)
  if (without || groups.length === 0) return () => new Hints([], false, filters)
  return () => new Hints(names, false, [])
}

function withAndWithoutSuffix(name: string): string[] {
  return name.endsWith('_extracted') ? [name, name.slice(0, -'_extracted'.length)] : [name]
}

/** The labels that a filter names. */
export function labelsOf(filter: LabelFilter): string[] {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return [...new Set([...labelsOf(filter.left), ...labelsOf(filter.right)])]
    case 'string':
      // One that matches everything is no filter.
      return /^\.[*]$/.test(filter.matcher.value) && filter.matcher.operator === '=~' ? [] : [filter.matcher.name]
    default:
      return [filter.label]
  }
}
