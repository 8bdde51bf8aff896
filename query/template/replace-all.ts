import { RE2JS } from 're2js'
import { expand } from '../promql/label-functions.ts'

/** `$1`, `${1}` and `${name}` stand for groups, and `$$` for a dollar; a group that is not there is empty. */
export function replaceAll(expression: string, text: string, by: string, isLiteral = false): string {
  const matcher = RE2JS.compile(expression).matcher(text)
  let replaced = ''
  let at = 0
  while (matcher.find()) {
    replaced += text.slice(at, matcher.start()) + (isLiteral ? by : expand(by, matcher))
    at = matcher.end()
  }
  return replaced + text.slice(at)
}
