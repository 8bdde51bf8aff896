/** Rule files: https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/ */
import type { Expression } from '../promql/expression.ts'
import { parseExpression } from '../promql/parse.ts'
import { ParseError } from '../promql/position.ts'
import { printExpression } from '../promql/print.ts'
import { quote } from '../quote.ts'
import { isLabelName } from '../series/labels.ts'
import { Unsupported } from '../unsupported.ts'
import { parseAlertTemplate } from './alert-template.ts'
import { type Located, type Position, YamlDecoder, YamlError } from './yaml-decoder.ts'

/** The expression of a rule. */
export interface RuleQuery {
  /** As Prometheus prints it. */
  readonly text: string
  /** Parsed from that text. */
  readonly expression: Expression
}

/** A rule that writes what its expression gives as new series. */
export interface RecordingDefinition {
  readonly kind: 'recording'
  readonly name: string
  readonly query: RuleQuery
  readonly labels: ReadonlyMap<string, string>
}

/** A rule that raises an alert for each series that its expression gives. */
export interface AlertingDefinition {
  readonly kind: 'alerting'
  readonly name: string
  readonly query: RuleQuery
  /** For how long a series must be there before its alert fires, in milliseconds. */
  readonly for: number
  /** For how long an alert goes on firing without its series, in milliseconds. */
  readonly keepFiringFor: number
  /** Templates. */
  readonly labels: ReadonlyMap<string, string>
  /** Templates. */
  readonly annotations: ReadonlyMap<string, string>
}

export type RuleDefinition = RecordingDefinition | AlertingDefinition

/** Rules that are evaluated together, one after the other. */
export interface GroupDefinition {
  readonly name: string
  /** Milliseconds; undefined for the default. */
  readonly interval: number | undefined
  /** By how much the evaluation looks back, in milliseconds. */
  readonly queryOffset: number
  /** How many series or alerts a rule may give; 0 for any number. */
  readonly limit: number
  readonly rules: readonly RuleDefinition[]
}

/** What a rule file has. With problems there are no groups. */
export interface RuleFile {
  readonly groups: readonly GroupDefinition[]
  /** In the words of `promtool check rules`, without the name of the file. */
  readonly problems: readonly string[]
}

interface WrittenRule {
  readonly record: Located<string>
  readonly alert: Located<string>
  readonly expr: Located<string>
  readonly for: number | undefined
  readonly keep_firing_for: number | undefined
  readonly labels: ReadonlyMap<string, string>
  readonly annotations: ReadonlyMap<string, string>
}

interface WrittenGroup {
  readonly name: string
  readonly interval: number | undefined
  readonly query_offset: number | undefined
  readonly limit: number
  readonly rules: readonly Placed<WrittenRule>[]
  readonly labels: ReadonlyMap<string, string>
}

/** What is wrong with a whole rule or group is told where it begins. */
interface Placed<T> {
  readonly value: T
  readonly position: Position | undefined
}

/** Reads and checks a rule file. */
export function readRuleFile(text: string): RuleFile {
  let groups: readonly Placed<WrittenGroup>[]
  try {
    groups = decode(text)
  } catch (error) {
    if (error instanceof YamlError) return { groups: [], problems: [error.message] }
    throw error
  }
  const problems = groupProblems(groups)
  return problems.length > 0
    ? { groups: [], problems }
    : { groups: groups.map(({ value }) => toGroup(value)), problems }
}

function decode(text: string): readonly Placed<WrittenGroup>[] {
  const yaml = new YamlDecoder(text)
  const { groups } = yaml.struct(yaml.root, 'rulefmt.RuleGroups', {
    groups: (node) =>
      yaml.list(node, '[]rulefmt.RuleGroup', (group) => ({
        position: yaml.positionOf(group),
        value: yaml.struct<WrittenGroup>(group, 'rulefmt.RuleGroup', {
          name: (field) => yaml.text(field),
          interval: (field) => yaml.duration(field),
          query_offset: (field) => yaml.duration(field),
          limit: (field) => yaml.integer(field),
          rules: (field) =>
            yaml.list(field, '[]rulefmt.Rule', (rule) => ({
              position: yaml.positionOf(rule),
              value: yaml.struct<WrittenRule>(rule, 'rulefmt.Rule', {
                record: (part) => yaml.located(part),
                alert: (part) => yaml.located(part),
                expr: (part) => yaml.located(part),
                for: (part) => yaml.duration(part),
                keep_firing_for: (part) => yaml.duration(part),
                labels: (part) => yaml.texts(part),
                annotations: (part) => yaml.texts(part),
              }),
            })),
          labels: (field) => yaml.texts(field),
        }),
      })),
  })
  yaml.check()
  return groups
}

function groupProblems(groups: readonly Placed<WrittenGroup>[]): string[] {
  const names = new Set<string>()
  return groups.flatMap(({ value: group, position }) => {
    const problems: string[] = []
    if (group.name === '') problems.push(`${at(position)}Groupname must not be empty`)
    if (names.has(group.name)) problems.push(`${at(position)}groupname: "${group.name}" is repeated in the same file`)
    names.add(group.name)
    for (const name of group.labels.keys()) if (!isFreeLabel(name)) problems.push(`invalid label name: ${name}`)
    group.rules.forEach(({ value: rule, position: start }, i) => {
      const called = rule.alert.value || rule.record.value
      const context = `group ${quote(group.name)}, rule ${i + 1}, ${quote(called)}: `
      problems.push(...ruleProblems(rule, start).map(({ where, reason }) => `${where}${context}${reason}`))
    })
    return problems
  })
}

interface Problem {
  readonly where: string
  readonly reason: string
}

function ruleProblems(rule: WrittenRule, start: Position | undefined): Problem[] {
  const { record, alert, expr, labels, annotations } = rule
  const problems: Problem[] = []
  const complain = (reason: string, ...positions: (Position | undefined)[]) =>
    problems.push({ where: positions.map(at).join(''), reason })

  if (record.value !== '' && alert.value !== '')
    complain("only one of 'record' and 'alert' must be set", record.position, alert.position)
  if (record.value === '' && alert.value === '') complain("one of 'record' or 'alert' must be set", start)
  if (expr.value === '') complain("field 'expr' must be set in rule", expr.position ?? start)
  else {
    const reason = expressionProblem(expr.value)
    if (reason !== undefined) complain(`could not parse expression: ${reason}`, expr.position)
  }
  if (record.value !== '') for (const reason of recordProblems(rule)) complain(reason, record.position)
  for (const name of labels.keys()) if (!isFreeLabel(name)) complain(`invalid label name: ${name}`)
  for (const name of annotations.keys()) if (!isLabelName(name)) complain(`invalid annotation name: ${name}`)
  if (alert.value !== '') for (const reason of templateProblems(rule)) complain(reason)
  return problems
}

function expressionProblem(text: string): string | undefined {
  try {
    parseExpression(text)
    return undefined
  } catch (error) {
    if (error instanceof ParseError || error instanceof Unsupported) return error.message
    throw error
  }
}

function recordProblems({ record: { value: name }, annotations, for: wait, keep_firing_for }: WrittenRule): string[] {
  const problems: string[] = []
  if (annotations.size > 0) problems.push("invalid field 'annotations' in recording rule")
  if (wait) problems.push("invalid field 'for' in recording rule")
  if (keep_firing_for) problems.push("invalid field 'keep_firing_for' in recording rule")
  if (!isLabelName(name)) problems.push(`invalid recording rule name: ${name}`)
  if (/[{}]/.test(name)) problems.push(`braces present in the recording rule name; should it be in expr?: ${name}`)
  return problems
}

function templateProblems({ alert: { value: name }, labels, annotations }: WrittenRule): string[] {
  const check =
    (kind: string) =>
    ([key, text]: readonly [string, string]) => {
      try {
        parseAlertTemplate(name, text)
        return []
      } catch (error) {
        return [`${kind} ${quote(key)}: ${(error as Error).message}`]
      }
    }
  return [...[...labels].flatMap(check('label')), ...[...annotations].flatMap(check('annotation'))]
}

function isFreeLabel(name: string): boolean {
  return isLabelName(name) && name !== '__name__'
}

function at(position: Position | undefined): string {
  return position === undefined ? '' : `${position.line}:${position.column}: `
}

function toGroup({ name, interval, query_offset, limit, rules, labels }: WrittenGroup): GroupDefinition {
  return {
    name,
    interval: interval === 0 ? undefined : interval,
    queryOffset: query_offset ?? 0,
    limit,
    rules: rules.map(({ value }) => toRule(value, labels)),
  }
}

function toRule(rule: WrittenRule, groupLabels: ReadonlyMap<string, string>): RuleDefinition {
  const query = toQuery(rule.expr.value)
  const labels = new Map([...groupLabels, ...rule.labels])
  if (rule.record.value !== '') return { kind: 'recording', name: rule.record.value, query, labels }
  return {
    kind: 'alerting',
    name: rule.alert.value,
    query,
    for: rule.for ?? 0,
    keepFiringFor: rule.keep_firing_for ?? 0,
    labels,
    annotations: rule.annotations,
  }
}

function toQuery(written: string): RuleQuery {
  const text = printExpression(parseExpression(written), written)
  return { text, expression: parseExpression(text) }
}
