import { Labels, noLabels } from '../series/labels.ts'
import type { Expression } from './expression.ts'

/** The labels that must have one certain value; a label that is asked for twice has none. */
export function absentLabels(expression: Expression): Labels {
  const selector = expression.kind === 'matrixSelector' ? expression.selector : expression
  if (selector.kind !== 'vectorSelector') return noLabels
  const wanted = new Map<string, string>()
  const seen = new Set<string>()
  for (const { name, operator, value } of selector.matchers) {
    if (name === '__name__') continue
    if (operator === '=' && !seen.has(name)) {
      wanted.set(name, value)
      seen.add(name)
    } else wanted.delete(name)
  }
  return Labels.from(wanted)
}
