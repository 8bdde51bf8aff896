/** Rules and alerts in the words of Prometheus' HTTP API: https://prometheus.io/docs/prometheus/latest/querying/api/#rules */
import { createHash } from 'node:crypto'
import { formatExponent } from '../promql/format-number.ts'
import { quote } from '../quote.ts'
import type { Alert } from '../rules/alerting-rule.ts'
import type { EvaluatedRule, RuleGroup } from '../rules/rule-group.ts'
import { compareText } from '../series/labels.ts'
import type { Matcher } from '../series/matcher.ts'
import { invalid } from './parameters.ts'

/** Where the groups are that are served. */
export interface RuleSource {
  /** In the order of their files and names. */
  readonly groups: readonly RuleGroup[]
  /** Why rule files are not used as they are; told as warnings. */
  readonly problems?: readonly string[]
}

/** What goes to `/api/v1/alerts`. */
export function listAlerts({ groups }: RuleSource): unknown {
  return { alerts: groups.flatMap(({ rules }) => rules.flatMap(({ alerts }) => alerts.map(toAlert))) }
}

/**
 * What goes to `/api/v1/rules`.
 *
 * @param selectors rules need to satisfy all matchers of one of them
 */
export function listRules(
  { groups }: RuleSource,
  parameters: URLSearchParams,
  selectors: readonly (readonly Matcher[])[],
): unknown {
  const type = (parameters.get('type') ?? '').toLowerCase()
  if (type !== '' && type !== 'alert' && type !== 'record') throw invalid('type', `not supported value ${quote(type)}`)
  const withoutAlerts = readBoolean(parameters, 'exclude_alerts')
  const page = readPage(parameters)
  const [names, groupNames, files] = ['rule_name[]', 'rule_group[]', 'file[]'].map((name) => parameters.getAll(name))
  const isAsked = (asked: readonly string[] | undefined, value: string): boolean =>
    asked === undefined || asked.length === 0 || asked.includes(value)

  const first = page.from === '' ? 0 : groups.findIndex((group) => tokenOf(group) === page.from)
  if (first === -1)
    throw invalid('group_next_token', `invalid group_next_token '${page.from}'. were rule groups changed?`)
  const found = groups
    .slice(first)
    .filter((group) => isAsked(groupNames, group.name) && isAsked(files, group.file))
    .map((group) => {
      const rules = group.rules.filter(
        (rule) =>
          isAsked(names, rule.definition.name) &&
          (type === '' || (type === 'alert') === (rule.definition.kind === 'alerting')) &&
          satisfies(rule, selectors),
      )
      return { group, rules }
    })
    .filter(({ rules }) => rules.length > 0)
  const next = found[page.limit]
  return {
    groups: found.slice(0, page.limit).map(({ group, rules }) => toGroup(group, rules, withoutAlerts)),
    ...(next === undefined ? {} : { groupNextToken: tokenOf(next.group) }),
  }
}

function satisfies({ definition }: EvaluatedRule, selectors: readonly (readonly Matcher[])[]): boolean {
  if (selectors.length === 0) return true
  return selectors.some((matchers) =>
    matchers.every((matcher) => matcher.matches(definition.labels.get(matcher.name) ?? '')),
  )
}

function toGroup(group: RuleGroup, rules: readonly EvaluatedRule[], withoutAlerts: boolean): unknown {
  return {
    name: group.name,
    file: group.file,
    rules: rules.map((rule) => toRule(rule, withoutAlerts)),
    interval: group.interval / 1000,
    limit: group.definition.limit,
    evaluationTime: group.evaluationTime,
    lastEvaluation: toTime(group.lastEvaluation),
  }
}

function toRule(rule: EvaluatedRule, withoutAlerts: boolean): unknown {
  const { definition } = rule
  const common = {
    name: definition.name,
    query: definition.query.text,
    labels: toRecord(definition.labels),
    health: rule.health,
    ...(rule.lastError === undefined ? {} : { lastError: rule.lastError.message }),
    evaluationTime: rule.evaluationTime,
    lastEvaluation: toTime(rule.lastEvaluation),
  }
  if (definition.kind === 'recording') return { ...common, type: 'recording' }
  return {
    state: rule.state,
    ...common,
    duration: definition.for / 1000,
    keepFiringFor: definition.keepFiringFor / 1000,
    annotations: toRecord(definition.annotations),
    alerts: withoutAlerts ? null : rule.alerts.map(toAlert),
    type: 'alerting',
  }
}

function toAlert({ labels, annotations, state, activeAt, keepFiringSince, value }: Alert): unknown {
  return {
    labels: labels.toRecord(),
    annotations: Object.fromEntries(annotations),
    state,
    activeAt: toTime(activeAt),
    ...(keepFiringSince === undefined ? {} : { keepFiringSince: toTime(keepFiringSince) }),
    value: formatExponent(value),
  }
}

function toRecord(texts: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries([...texts].sort(([a], [b]) => compareText(a, b)))
}

/** Go's zero time if there is none. */
function toTime(ms: number | undefined): string {
  if (ms === undefined) return '0001-01-01T00:00:00Z'
  return new Date(ms).toISOString().replace(/\.?0*Z$/, 'Z')
}

function tokenOf({ file, name }: RuleGroup): string {
  return createHash('sha256').update(`${file};${name}`).digest('hex')
}

function readPage(parameters: URLSearchParams): { readonly limit: number; readonly from: string } {
  const limit = parameters.get('group_limit') ?? ''
  const from = parameters.get('group_next_token') ?? ''
  if (limit === '') {
    if (from !== '')
      throw invalid('group_next_token', 'group_limit needs to be present in order to paginate over the groups')
    return { limit: Number.POSITIVE_INFINITY, from }
  }
  if (!/^[+-]?\d+$/.test(limit))
    throw invalid(
      'group_limit',
      `group_limit needs to be a valid number: strconv.ParseInt: parsing ${quote(limit)}: invalid syntax`,
    )
  if (Number(limit) <= 0) throw invalid('group_limit', 'group_limit needs to be greater than 0')
  return { limit: Number(limit), from }
}

function readBoolean(parameters: URLSearchParams, name: string): boolean {
  const text = (parameters.get(name) ?? '').toLowerCase()
  if (['1', 't', 'true'].includes(text)) return true
  if (['', '0', 'f', 'false'].includes(text)) return false
  throw invalid(name, `error converting ${name}: strconv.ParseBool: parsing ${quote(text)}: invalid syntax`)
}
