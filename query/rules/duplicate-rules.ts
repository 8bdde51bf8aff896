import { compareText } from '../series/labels.ts'
import type { GroupDefinition, RuleDefinition } from './rule-file.ts'

/**
 * Says which rules of a file have the name and the labels of another, so that they write the same series.
 *
 * @returns the words of `promtool check rules`; undefined if there are none
 */
export function describeDuplicates(groups: readonly GroupDefinition[]): string | undefined {
  const counts = new Map<string, { readonly rule: RuleDefinition; count: number }>()
  for (const rule of groups.flatMap(({ rules }) => rules)) {
    const key = JSON.stringify([rule.name, sortedLabels(rule)])
    const known = counts.get(key)
    if (known === undefined) counts.set(key, { rule, count: 1 })
    else known.count++
  }
  const repeated = [...counts.values()].filter(({ count }) => count > 1).map(({ rule }) => rule)
  if (repeated.length === 0) return undefined
  return [
    `${repeated.length} duplicate rule(s) found.`,
    ...repeated.flatMap((rule) => [
      `Metric: ${rule.name}`,
      'Label(s):',
      ...sortedLabels(rule).map(([name, value]) => `\t${name}: ${value}`),
    ]),
    'Might cause inconsistency while recording expressions',
  ].join('\n')
}

function sortedLabels({ labels }: RuleDefinition): [string, string][] {
  return [...labels].sort(([a], [b]) => compareText(a, b))
}
