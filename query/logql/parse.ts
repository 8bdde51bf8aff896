/**
 * Text to expression. The grammar is Grafana's own, `@grafana/lezer-logql`, which is made for editors: it knows no
 * precedence, no `offset` behind `unwrap`, and no `{}`. Words are therefore made readable for it, operators are put in
 * order again here, and everything is checked as the server does.
 */

import { parser } from '@grafana/lezer-logql'
import type { SyntaxNode } from '@lezer/common'
import { scalarOperation } from '../promql/arithmetic.ts'
import type { Matching, TextRange } from '../promql/expression.ts'
import { isComparison, isSetOperator } from '../promql/expression.ts'
import { unquote } from '../promql/literals.ts'
import { PRECEDENCE } from '../promql/parse.ts'
import { InvalidQuery } from '../promql/value.ts'
import { compileExpression, type Matcher } from '../series/matcher.ts'
import { Unsupported } from '../unsupported.ts'
import { LogParseError } from './errors.ts'
import type {
  Grouping,
  LabelFilter,
  LogBinary,
  LogExpression,
  LogQuery,
  MetricExpression,
  RangeOperation,
  Unwrap,
  VectorOperation,
} from './expression.ts'
import { children, leaves, numberIn, rangeOf } from './nodes.ts'
import { StageReader } from './read-stages.ts'
import { checkStage } from './stages.ts'
import { syntaxError } from './syntax-error.ts'
import { readDuration, readTokens, type Token } from './tokens.ts'

const strictParser = parser.configure({ strict: true })

/** Loki's own limit. */
const LONGEST_QUERY = 131_072

/** Beyond, the grammar's parser gives up with a message that does not say so. */
const MOST_WORDS = 2000

const NOTHING_SELECTED =
  'queries require at least one regexp or equality matcher that does not have an empty-compatible value. For instance, app=~".*" does not meet this requirement, but app=~".+" will'

/** @throws {LogParseError | Unsupported} with Loki's message, or with one that names what is not supported */
export function parseLogQuery(text: string): LogQuery {
  if (text.length >= LONGEST_QUERY) throw new LogParseError(`input size too long (${text.length} > ${LONGEST_QUERY})`)
  const { tokens, error } = readTokens(text)
  if (tokens.length > MOST_WORDS) throw new LogParseError(`the query has more than ${MOST_WORDS} words`)
  refuse(tokens)
  const end = (tokens.at(-1) as Token).from
  const { readable, offsets } = forGrammar(error === undefined ? text : text.slice(0, end), tokens)
  const mistake = firstMistake(readable)
  // What is wrong before the word that is none comes first.
  if (error !== undefined && (mistake === undefined || isAtEnd(tokens, mistake))) throw error
  if (mistake !== undefined) throw syntaxError(tokens, mistake)
  const tree = strictParser.parse(readable)
  return new Converter(text, offsets).query(tree.topNode)
}

/** Parses what `match[]` of the HTTP API holds. @throws {LogParseError | InvalidQuery} when it is anything but a selector */
export function parseStreamSelector(text: string): readonly Matcher[] {
  const query = parseLogQuery(text)
  if (query.kind !== 'log' || query.stages.length > 0) throw new InvalidQuery('only label matchers are supported')
  return query.matchers
}

function refuse(tokens: readonly Token[]): void {
  for (const { kind, text } of tokens) {
    if (kind !== 'word') continue
    const word = text.toLowerCase()
    if (word === 'ip') throw new Unsupported('the filter ip() is not supported')
    if (word === 'unpack') throw new Unsupported('the parser unpack is not supported')
    if (word === 'approx_topk') throw new Unsupported('the aggregation approx_topk is not supported')
    if (word === 'variants') throw new Unsupported('queries of variants are not supported')
  }
}

interface Readable {
  readonly readable: string
  /** Nanoseconds of the offset behind a range, by where the range ends. */
  readonly offsets: ReadonlyMap<number, bigint>
}

/** The same text, of the same length, without what the grammar does not know. */
function forGrammar(text: string, tokens: readonly Token[]): Readable {
  const offsets = new Map<number, bigint>()
  const units =
    [...text].length === text.length ? text.split('') : Array.from(text, (c) => c).flatMap((c) => c.split(''))
  const blank = (from: number, to: number) => units.fill(' ', from, to)
  let isFilterStage = false
  tokens.forEach((token, i) => {
    const before = tokens[i - 1]
    const next = tokens[i + 1]
    if (before?.kind === 'RANGE' && token.text.toLowerCase() === 'offset' && next?.kind === 'DURATION') {
      offsets.set(before.to, readDuration(next.text))
      blank(token.from, next.to)
    }
    if (before?.text === '{' && token.text === '}') throw new LogParseError(NOTHING_SELECTED, undefined, before.from)
    if (before?.text === '|') isFilterStage = token.kind === 'IDENTIFIER' || token.text === '('
    const endsFilter = /^(?:STRING|NUMBER|DURATION|BYTES)$/.test(before?.kind ?? '')
    if (isFilterStage && endsFilter && token.kind === 'IDENTIFIER' && before !== undefined && token.from > before.to)
      units[before.to] = ','
  })
  return { readable: units.join(''), offsets }
}

function isAtEnd(tokens: readonly Token[], mistake: number): boolean {
  return tokens.every(({ to, kind }) => kind === '$end' || to <= mistake) && tokens[0]?.kind !== 'IDENTIFIER'
}

/** Where the grammar cannot go on; undefined when it can. */
function firstMistake(text: string): number | undefined {
  try {
    strictParser.parse(text)
    return undefined
  } catch (error) {
    const [, at] = /^No parse at (\d+)$/.exec((error as Error).message) ?? []
    if (at === undefined) throw error
    return Number(at)
  }
}

type Item =
  | { readonly kind: 'operand'; readonly node: SyntaxNode }
  | { readonly kind: 'operator'; readonly operator: LogBinary['operator']; readonly node: SyntaxNode }

class Converter {
  readonly #stages: StageReader

  constructor(
    readonly text: string,
    readonly offsets: ReadonlyMap<number, bigint>,
  ) {
    this.#stages = new StageReader(text)
  }

  query(top: SyntaxNode): LogQuery {
    const node = meaningful(top)
    return node.name === 'LogExpr' || node.name === 'Selector' ? this.#log(node) : this.#metric(node)
  }

  #slice({ from, to }: TextRange): string {
    return this.text.slice(from, to)
  }

  #string(node: SyntaxNode): string {
    return unquote(this.#slice(node))
  }

  #log(node: SyntaxNode): LogExpression {
    const inner = node.getChild('LogExpr')
    if (inner !== null) return { ...this.#log(inner), range: rangeOf(node) }
    return { ...this.#selection(node), range: rangeOf(node) }
  }

  #selection(node: SyntaxNode): LogExpression {
    const selector = node.getChild('Selector') as SyntaxNode
    const matchers = leaves(selector, 'Matchers', 'Matcher').map((matcher) => this.#stages.matcher(matcher))
    if (!matchers.some((matcher) => !matcher.matches('')))
      throw new LogParseError(NOTHING_SELECTED, undefined, selector.from)
    const pipeline = node.getChild('PipelineExpr')
    const stages =
      pipeline === null ? [] : leaves(node, 'PipelineExpr', 'PipelineStage').flatMap((s) => this.#stages.read(s))
    for (const stage of stages) checkStage(stage, this.#slice(stage.range))
    return { kind: 'log', matchers, stages, range: { from: selector.from, to: pipeline?.to ?? selector.to } }
  }

  #metric(node: SyntaxNode): MetricExpression {
    const items: Item[] = []
    this.#flatten(node, items)
    let at = 0
    const expression = (least: number): MetricExpression => {
      let left = this.#operand((items[at++] as Item).node)
      for (;;) {
        const item = items[at]
        if (item?.kind !== 'operator') return left
        const precedence = PRECEDENCE[item.operator] as number
        if (precedence < least) return left
        at++
        // The power is right-associative.
        const right = expression(item.operator === '^' ? precedence : precedence + 1)
        left = this.#binary(item.operator, item.node, left, right)
      }
    }
    return expression(0)
  }

  #flatten(node: SyntaxNode, items: Item[]): void {
    const found = meaningful(node)
    if (found.name !== 'BinOpExpr') {
      items.push({ kind: 'operand', node: found })
      return
    }
    const parts = children(found)
    const [left, operator, modifier] = parts as [SyntaxNode, SyntaxNode, SyntaxNode]
    const right = parts.at(-1) as SyntaxNode
    const written = this.#slice(operator).toLowerCase() as LogBinary['operator']
    this.#checkLeg(left, written, 'left')
    this.#checkLeg(right, written, 'right')
    this.#flatten(left, items)
    items.push({ kind: 'operator', operator: written, node: modifier })
    this.#flatten(right, items)
  }

  #checkLeg(node: SyntaxNode, operator: string, side: string): void {
    const leg = meaningful(node)
    if (leg.name !== 'LogExpr') return
    const type = leg.getChild('PipelineExpr') === null ? 'MatchersExpr' : 'PipelineExpr'
    throw new LogParseError(
      `unexpected type for ${side} leg of binary operation (${operator}): *syntax.${type}`,
      undefined,
      leg.from,
    )
  }

  #operand(node: SyntaxNode): MetricExpression {
    const range = rangeOf(node)
    switch (node.name) {
      case 'MetricExpr':
        return this.#metric(children(node).find(({ name }) => name === 'MetricExpr') as SyntaxNode)
      case 'LiteralExpr':
        return { kind: 'number', value: numberIn(this.text, node), range }
      case 'VectorExpr':
        return { kind: 'vector', value: numberIn(this.text, node.getChild('Number') as SyntaxNode), range }
      case 'RangeAggregationExpr':
        return this.#rangeAggregation(node)
      case 'VectorAggregationExpr':
        return this.#vectorAggregation(node)
      case 'LabelReplaceExpr':
        return this.#labelReplace(node)
      default:
        throw new Error(`the grammar has an expression that is not known here: ${node.name}`)
    }
  }

  #rangeAggregation(node: SyntaxNode): MetricExpression {
    const operation = this.#slice(node.getChild('RangeOp') as SyntaxNode).toLowerCase() as RangeOperation
    const number = node.getChild('Number')
    let selection = node.getChild('LogRangeExpr') as SyntaxNode
    for (let inner = selection.getChild('LogRangeExpr'); inner !== null; inner = selection.getChild('LogRangeExpr'))
      selection = inner
    const log = this.#selection(selection)
    const range = selection.getChild('Range') as SyntaxNode
    const unwrap = selection.getChild('UnwrapExpr')
    const grouping = this.#grouping(node)
    const fail = (reason: string): never => {
      throw new LogParseError(reason, undefined, node.from)
    }
    if (operation === 'quantile_over_time' && number === null) fail(`parameter required for operation ${operation}`)
    if (operation !== 'quantile_over_time' && number !== null)
      fail(`parameter ${this.#slice(number)} not supported for operation ${operation}`)
    if (grouping !== undefined && !GROUPED.has(operation)) fail(`grouping not allowed for ${operation} aggregation`)
    if (unwrap === null && !WITHOUT_UNWRAP.has(operation)) fail(`invalid aggregation ${operation} without unwrap`)
    if (unwrap !== null && !WITH_UNWRAP.has(operation)) fail(`invalid aggregation ${operation} with unwrap`)
    return {
      kind: 'rangeAggregation',
      operation,
      parameter: number === null ? undefined : Number(this.#slice(number)),
      log,
      unwrap: unwrap === null ? undefined : this.#unwrap(unwrap),
      interval: readDuration(this.#slice(range).slice(1, -1)),
      offset: this.offsets.get(range.to) ?? 0n,
      grouping,
      range: rangeOf(node),
    }
  }

  #unwrap(node: SyntaxNode): Unwrap {
    const filters: LabelFilter[] = []
    let inner = node
    for (let next = inner.getChild('UnwrapExpr'); next !== null; next = inner.getChild('UnwrapExpr')) {
      filters.unshift(this.#stages.labelFilter(inner.getChild('LabelFilter') as SyntaxNode))
      inner = next
    }
    const conversion = inner.getChild('ConvOp')
    const name = conversion === null ? '' : this.#slice(conversion).toLowerCase()
    return {
      label: this.#slice(inner.getChild('Identifier') as SyntaxNode),
      conversion: name === '' ? 'number' : name === 'bytes' ? 'bytes' : 'duration',
      filters,
      range: rangeOf(node),
    }
  }

  #vectorAggregation(node: SyntaxNode): MetricExpression {
    const operation = this.#slice(node.getChild('VectorOp') as SyntaxNode).toLowerCase() as VectorOperation
    const number = node.getChild('Number')
    const grouping = this.#grouping(node)
    const fail = (reason: string): never => {
      throw new LogParseError(reason, undefined, node.from)
    }
    const isRanking = operation === 'topk' || operation === 'bottomk'
    const written = number === null ? '' : this.#slice(number)
    if (isRanking && number === null) fail(`parameter required for operation ${operation}`)
    if (isRanking && !/^\d+$/.test(written)) fail(`invalid parameter ${operation}(${written},`)
    if (isRanking && Number(written) <= 0) fail(`invalid parameter (must be greater than 0) ${operation}(${written}`)
    if (!isRanking && number !== null) fail(`unsupported parameter for operation ${operation}(${written},`)
    if (operation.startsWith('sort') && (grouping?.labels.length ?? 0) > 0)
      fail("sort and sort_desc doesn't allow grouping by ")
    return {
      kind: 'vectorAggregation',
      operation,
      parameter: number === null ? undefined : Number(written),
      expression: this.#metric(node.getChild('MetricExpr') as SyntaxNode),
      grouping: grouping ?? { labels: [], without: false },
      range: rangeOf(node),
    }
  }

  #grouping(node: SyntaxNode): Grouping | undefined {
    const grouping = node.getChild('Grouping')
    if (grouping === null) return undefined
    const labels = leaves(grouping, 'Labels', 'Identifier').map((label) => this.#slice(label))
    return { labels, without: grouping.getChild('Without') !== null }
  }

  #labelReplace(node: SyntaxNode): MetricExpression {
    const texts = node.getChildren('String').map((text) => this.#string(text)) as [string, string, string, string]
    try {
      compileExpression(`^(?:${texts[3]})$`)
    } catch (error) {
      throw new LogParseError(`invalid regex in label_replace: ${(error as Error).message}`, undefined, node.from)
    }
    const expression = this.#metric(node.getChild('MetricExpr') as SyntaxNode)
    return { kind: 'labelReplace', expression, texts, range: rangeOf(node) }
  }

  #binary(operator: LogBinary['operator'], modifier: SyntaxNode, left: MetricExpression, right: MetricExpression) {
    const range = { from: left.range.from, to: right.range.to }
    const matching = this.#matching(modifier)
    const isLiteral = [left, right].map(({ kind }) => kind === 'number')
    const side = isLiteral[0] ? 'left' : 'right'
    const literal = (isLiteral[0] ? left : right) as { readonly value: number }
    if (isSetOperator(operator) && isLiteral.includes(true))
      throw new LogParseError(
        `unexpected literal for ${side} leg of logical/set binary operation (${operator}): ${literal.value.toFixed(6)}`,
        undefined,
        range.from,
      )
    // A comparison of numbers gives a number here, with or without `bool`.
    if (left.kind === 'number' && right.kind === 'number')
      return { kind: 'number' as const, value: compute(operator, left.value, right.value), range }
    const returnBool = modifier.getChild('Bool') !== null
    if (returnBool && !isComparison(operator)) return binary(operator, left, right, matching, false, range)
    return binary(operator, left, right, matching, returnBool, range)
  }

  #matching(modifier: SyntaxNode): Matching {
    const on = modifier.getChild('OnOrIgnoringModifier')
    const lists = children(modifier)
    const labels = (node: SyntaxNode | null | undefined) =>
      node == null ? [] : leaves(node, 'GroupingLabelList', 'GroupingLabel').map((label) => this.#slice(label))
    const group = lists.findIndex(({ name }) => name === 'GroupLeft' || name === 'GroupRight')
    return {
      cardinality: group === -1 ? 'one-to-one' : lists[group]?.name === 'GroupLeft' ? 'many-to-one' : 'one-to-many',
      on: on?.getChild('On') != null,
      labels: labels(on?.getChild('GroupingLabels')),
      include: group === -1 ? [] : labels(lists[group + 1]),
    }
  }
}

/** Division by zero is NaN in Loki. */
function compute(operator: LogBinary['operator'], left: number, right: number): number {
  return scalarOperation(operator)(left, (operator === '/' || operator === '%') && right === 0 ? Number.NaN : right)
}

const GROUPED = new Set<RangeOperation>([
  'avg_over_time',
  'stddev_over_time',
  'stdvar_over_time',
  'quantile_over_time',
  'max_over_time',
  'min_over_time',
  'first_over_time',
  'last_over_time',
])
const WITHOUT_UNWRAP = new Set<RangeOperation>([
  'count_over_time',
  'rate',
  'bytes_over_time',
  'bytes_rate',
  'absent_over_time',
])
const WITH_UNWRAP = new Set<RangeOperation>([...GROUPED, 'sum_over_time', 'rate', 'rate_counter', 'absent_over_time'])

function binary(
  operator: LogBinary['operator'],
  left: MetricExpression,
  right: MetricExpression,
  matching: Matching,
  returnBool: boolean,
  range: TextRange,
): LogBinary {
  return { kind: 'binary', operator, left, right, matching, returnBool, range }
}

/** Through nodes that only hold another one. */
function meaningful(node: SyntaxNode): SyntaxNode {
  let found = node
  for (;;) {
    const inner = children(found)
    const [only] = inner
    if (only === undefined || inner.length !== 1) return found
    const isWrapper = found.name === 'LogQL' || found.name === 'Expr' || found.name === 'MetricExpr'
    const isInParentheses = found.name === 'MetricExpr' && only.from !== found.from
    if (!isWrapper || isInParentheses) return found
    found = only
  }
}
