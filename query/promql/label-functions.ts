import type { RE2JS, Matcher as RegexMatcher } from 're2js'
import { isLabelName, type Labels } from '../series/labels.ts'
import { compileExpression } from '../series/matcher.ts'
import { merged } from './collect.ts'
import { ExecutionError, type StepSeries } from './value.ts'

/** `label_replace(vector, destination, replacement, source, expression)` */
export function labelReplace(
  series: readonly StepSeries[],
  [destination, replacement, source, expression]: readonly [string, string, string, string],
): StepSeries[] {
  let regex: RE2JS
  try {
    regex = compileExpression(expression)
  } catch {
    throw new ExecutionError(`invalid regular expression in label_replace(): ${expression}`)
  }
  if (!isLabelName(destination))
    throw new ExecutionError(`invalid destination label name in label_replace(): ${destination}`)
  return relabelled(series, (labels) => {
    const match = regex.matcher(labels.get(source))
    return match.matches() ? labels.with({ [destination]: expand(replacement, match) }) : labels
  })
}

/** `label_join(vector, destination, separator, sources…)` */
export function labelJoin(
  series: readonly StepSeries[],
  destination: string,
  separator: string,
  sources: readonly string[],
): StepSeries[] {
  const wrong = sources.find((source) => !isLabelName(source))
  if (wrong !== undefined) throw new ExecutionError(`invalid source label name in label_join(): ${wrong}`)
  if (!isLabelName(destination))
    throw new ExecutionError(`invalid destination label name in label_join(): ${destination}`)
  return relabelled(series, (labels) =>
    labels.with({ [destination]: sources.map((source) => labels.get(source)).join(separator) }),
  )
}

function relabelled(series: readonly StepSeries[], change: (labels: Labels) => Labels): StepSeries[] {
  return merged(series.map((one) => ({ ...one, labels: change(one.labels) })))
}

/** `$1`, `${1}` and `${name}` stand for groups, and `$$` for a dollar; a group that is not there is empty. */
export function expand(template: string, match: RegexMatcher): string {
  return template.replace(/\$(?:\$|\{([^}]*)\}|(\w+))/g, (whole, braced?: string, bare?: string) => {
    if (whole === '$$') return '$'
    const name = (braced ?? bare) as string
    if (!/^\w+$/.test(name)) return whole
    return groupOf(match, name)
  })
}

function groupOf(match: RegexMatcher, name: string): string {
  if (/^\d+$/.test(name)) {
    const index = Number(name)
    return index > match.groupCount() ? '' : (match.group(index) ?? '')
  }
  try {
    return match.group(name) ?? ''
  } catch {
    return ''
  }
}
