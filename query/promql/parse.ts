/**
 * Text to expression. The grammar is Prometheus' own, `@prometheus-io/lezer-promql`, which is made for editors: it
 * nests `a + b offset 5m` as `(a + b) offset 5m`, and knows neither types nor limits. Operands and operators are
 * therefore put in order again here, and everything is checked as the server does.
 */
import type { SyntaxNode, Tree } from '@lezer/common'
import { parser } from '@prometheus-io/lezer-promql'
import { quote } from '../quote.ts'
import { isLabelName } from '../series/labels.ts'
import { Matcher, type MatchOperator } from '../series/matcher.ts'
import { checkTypes } from './check-types.ts'
import {
  type Aggregator,
  type At,
  type BinaryOperator,
  type DurationExpression,
  type DurationOperator,
  type Expression,
  isSetOperator,
  type Matching,
  type NumberLiteral,
  type Subquery,
  type TextRange,
  type VectorSelector,
} from './expression.ts'
import { readNumber, unquote } from './literals.ts'
import { ParseError } from './position.ts'
import { refusal, signatureOf } from './signatures.ts'
import { syntaxError } from './syntax-error.ts'
import { forGrammar, readTokens } from './tokens.ts'

const strictParser = parser.configure({ strict: true })

/** The grammar's parser gives up at about 2,800 levels of nesting, with a message that does not say so. */
const MOST_WORDS = 2000

/** @throws {ParseError} with Prometheus' message */
export function parseExpression(text: string): Expression {
  const { tokens, error } = readTokens(text)
  if (tokens.length === 1 && error === undefined) throw new ParseError(text, 0, 'no expression found in input')
  const excess = tokens[MOST_WORDS]
  if (excess !== undefined) throw new ParseError(text, excess.from, `the query has more than ${MOST_WORDS} words`)
  const readable = forGrammar(text, tokens)
  const tree = parseStrictly(readable)
  if (typeof tree === 'number') throw syntaxError(text, tokens, tree, error)
  if (error !== undefined) throw error

  const expression = new Converter(text).convert(tree.topNode.firstChild as SyntaxNode)
  checkTypes(text, expression)
  return expression
}

/** Parses what `match[]` of the HTTP API holds. @throws {ParseError} when it is anything but a selector. */
export function parseSelector(text: string): VectorSelector {
  const expression = parseExpression(text)
  if (expression.kind !== 'vectorSelector' || expression.offset !== 0 || expression.at !== undefined)
    throw new ParseError(text, expression.range.from, 'expected a selector of series, such as up{job="app"}')
  return expression
}

/** The tree, or the offset at which the grammar cannot go on. */
function parseStrictly(text: string): Tree | number {
  try {
    return strictParser.parse(text)
  } catch (error) {
    const [, at] = /^No parse at (\d+)$/.exec((error as Error).message) ?? []
    if (at === undefined) throw error
    return Number(at)
  }
}

/** Of binary operators; the higher binds more tightly. */
export const PRECEDENCE: Readonly<Record<string, number>> = {
  or: 1,
  and: 2,
  unless: 2,
  '==': 3,
  '!=': 3,
  '<': 3,
  '>': 3,
  '<=': 3,
  '>=': 3,
  '</': 3,
  '>/': 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '%': 5,
  atan2: 5,
  '^': 6,
}
const POWER = 6

const POSTFIX = new Set([
  'OffsetExpr',
  'StepInvariantExpr',
  'MatrixSelector',
  'SubqueryExpr',
  'AnchoredExpr',
  'SmoothedExpr',
])

type Item =
  | { readonly kind: 'operand'; readonly node: SyntaxNode; readonly from: number }
  | { readonly kind: 'sign'; readonly operator: '+' | '-'; readonly from: number }
  | { readonly kind: 'postfix'; readonly node: SyntaxNode }
  | { readonly kind: 'operator'; readonly operator: string; readonly node: SyntaxNode }

class Converter {
  constructor(readonly text: string) {}

  convert(node: SyntaxNode): Expression {
    const items: Item[] = []
    this.#flatten(node, items)
    return new Arrangement(this, items).expression()
  }

  fail(at: TextRange | number, reason: string): never {
    throw new ParseError(this.text, typeof at === 'number' ? at : at.from, reason)
  }

  slice({ from, to }: TextRange): string {
    return this.text.slice(from, to)
  }

  /** In the order of the text: operands, signs and operators of one level, up to the next parentheses. */
  #flatten(node: SyntaxNode, items: Item[]): void {
    if (node.name === 'BinaryExpr') {
      this.#flatten(node.firstChild as SyntaxNode, items)
      const operator = node.firstChild?.nextSibling as SyntaxNode
      items.push({ kind: 'operator', operator: this.slice(operator).toLowerCase(), node })
      this.#flatten(node.lastChild as SyntaxNode, items)
    } else if (node.name === 'UnaryExpr') {
      items.push(this.#sign(node.from))
      this.#flatten(node.lastChild as SyntaxNode, items)
    } else if (POSTFIX.has(node.name)) {
      this.#flatten(node.firstChild as SyntaxNode, items)
      items.push({ kind: 'postfix', node })
    } else if (node.name === 'NumberDurationLiteral' && /[+-]/.test(this.text.charAt(node.from))) {
      items.push(this.#sign(node.from))
      items.push({ kind: 'operand', node, from: node.from + 1 + this.#gapAfter(node.from + 1) })
    } else items.push({ kind: 'operand', node, from: node.from })
  }

  #gapAfter(at: number): number {
    return (/^(?:\s|#[^\n]*)*/.exec(this.text.slice(at)) as RegExpExecArray)[0].length
  }

  #sign(from: number): Item {
    return { kind: 'sign', operator: this.text.charAt(from) as '+' | '-', from }
  }

  operand(node: SyntaxNode, from: number): Expression {
    const range = { from, to: node.to }
    switch (node.name) {
      case 'NumberDurationLiteral':
        return this.#number(range)
      case 'StringLiteral':
        return { kind: 'string', value: unquote(this.slice(range)), range }
      case 'ParenExpr':
        return { kind: 'parentheses', expression: this.convert(node.firstChild as SyntaxNode), range }
      case 'VectorSelector':
        return this.#selector(node)
      case 'FunctionCall':
        return this.#call(node)
      case 'AggregateExpr':
        return this.#aggregation(node)
      default:
        throw new Error(`the grammar has an expression that is not known here: ${node.name}`)
    }
  }

  #number(range: TextRange): NumberLiteral {
    try {
      return { kind: 'number', ...readNumber(this.slice(range)), range }
    } catch (error) {
      this.fail(range, (error as Error).message)
    }
  }

  #selector(node: SyntaxNode): VectorSelector {
    const name = node.getChild('Identifier')
    const matchers = (node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? [])
      .concat(node.getChild('LabelMatchers')?.getChildren('QuotedLabelMatcher') ?? [])
      .concat(node.getChild('LabelMatchers')?.getChildren('QuotedLabelName') ?? [])
      .sort((a, b) => a.from - b.from)
      .map((matcher) => this.#matcher(matcher))
    const text = name === null ? '' : this.slice(name)
    if (/^atan2$/i.test(text)) this.fail(node, `unexpected <op:${text}>`)
    if (text !== '') matchers.push(new Matcher('__name__', '=', text))
    return { kind: 'vectorSelector', name: text, matchers, offset: 0, at: undefined, range: rangeOf(node) }
  }

  #matcher(node: SyntaxNode): Matcher {
    if (node.name === 'QuotedLabelName') return new Matcher('__name__', '=', unquote(this.slice(node)))
    const label = this.#labelName(node.firstChild as SyntaxNode)
    const operator = this.slice(node.getChild('MatchOp') as SyntaxNode) as MatchOperator
    const value = unquote(this.slice(node.lastChild as SyntaxNode))
    try {
      return new Matcher(label, operator, value)
    } catch (error) {
      this.fail(node, (error as Error).message)
    }
  }

  #labelName(node: SyntaxNode): string {
    const written = this.slice(node)
    return node.name === 'QuotedLabelName' ? unquote(written) : written
  }

  #labelNames(node: SyntaxNode | null | undefined): string[] {
    const names: string[] = []
    for (let child = node?.firstChild ?? null; child !== null; child = child.nextSibling) {
      const name = this.#labelName(child)
      if (/^without$/i.test(this.slice(child)))
        this.fail(child, `unexpected <${this.slice(child)}> in grouping opts, expected label`)
      if (!isLabelName(name)) this.fail(child, `invalid label name for grouping: ${quote(name)}`)
      names.push(name)
    }
    return names
  }

  #call(node: SyntaxNode): Expression {
    const name = this.slice(node.getChild('FunctionIdentifier') as SyntaxNode)
    if (signatureOf(name) === undefined) this.fail(node, refusal(name))
    return { kind: 'call', name, args: this.#args(node), range: rangeOf(node) }
  }

  #args(node: SyntaxNode): Expression[] {
    const args: Expression[] = []
    for (let child = node.getChild('FunctionCallBody')?.firstChild ?? null; child !== null; child = child.nextSibling)
      args.push(this.convert(child))
    return args
  }

  #aggregation(node: SyntaxNode): Expression {
    const operator = this.slice(node.getChild('AggregateOp') as SyntaxNode).toLowerCase()
    const modifier = node.getChild('AggregateModifier')
    const args = this.#args(node)
    if (args.length === 0) this.fail(node, 'no arguments for aggregate expression provided')
    if (operator === 'limitk' || operator === 'limit_ratio')
      this.fail(
        node,
        `${operator}() is experimental and must be enabled with --enable-feature=promql-experimental-functions`,
      )
    const wanted = TAKES_PARAMETER.has(operator) ? 2 : 1
    if (args.length !== wanted)
      this.fail(
        node,
        `wrong number of arguments for aggregate expression provided, expected ${wanted}, got ${args.length}`,
      )
    return {
      kind: 'aggregation',
      operator: operator as Aggregator,
      expression: args[wanted - 1] as Expression,
      parameter: wanted === 2 ? args[0] : undefined,
      grouping: this.#labelNames(modifier?.getChild('GroupingLabels')),
      without: modifier?.getChild('Without') != null,
      range: rangeOf(node),
    }
  }

  binary(operator: string, node: SyntaxNode, left: Expression, right: Expression): Expression {
    const range = { from: left.range.from, to: right.range.to }
    if (node.getChild('FillModifier') !== null)
      this.fail(range, 'binop fill modifiers are experimental and not enabled')
    if (operator === '</' || operator === '>/')
      this.fail(range, `the operator ${operator} trims native histograms, which are not supported`)
    return {
      kind: 'binary',
      operator: operator as BinaryOperator,
      left,
      right,
      matching: this.#matching(operator, node.getChild('MatchingModifierClause')),
      returnBool: node.getChild('BoolModifier') !== null,
      range,
    }
  }

  #matching(operator: string, node: SyntaxNode | null): Matching {
    const [labels, include] = node?.getChildren('GroupingLabels') ?? []
    const toLeft = node?.getChild('GroupLeft') != null
    const toRight = node?.getChild('GroupRight') != null
    return {
      cardinality: toLeft
        ? 'many-to-one'
        : toRight
          ? 'one-to-many'
          : isSetOperator(operator)
            ? 'many-to-many'
            : 'one-to-one',
      on: node?.getChild('On') != null,
      labels: this.#labelNames(labels),
      include: this.#labelNames(include),
    }
  }

  postfix(node: SyntaxNode, operand: Expression): Expression {
    switch (node.name) {
      case 'OffsetExpr':
        return this.#withOffset(operand, this.#durationOf(node.getChild('OffsetDurationExpr') as SyntaxNode), node.to)
      case 'StepInvariantExpr':
        return this.#withAt(operand, this.#at(node, operand), node.to)
      case 'MatrixSelector':
        return this.#matrixSelector(node, operand)
      case 'SubqueryExpr':
        return this.#subquery(node, operand)
      default: {
        const modifier = node.name === 'AnchoredExpr' ? 'anchored' : 'smoothed'
        this.fail(operand.range, `${modifier} modifier is experimental and not enabled`)
      }
    }
  }

  #matrixSelector(node: SyntaxNode, operand: Expression): Expression {
    const bracket = this.text.indexOf('[', operand.range.to)
    const duration = this.#positiveDuration(node.getChild('DurationExpr') as SyntaxNode)
    if (operand.kind !== 'vectorSelector') this.fail(bracket, 'ranges only allowed for vector selectors')
    if (isOffset(operand)) this.fail(bracket, 'no offset modifiers allowed before range')
    if (typeof operand.at === 'number') this.fail(bracket, 'no @ modifiers allowed before range')
    return {
      kind: 'matrixSelector',
      selector: operand,
      duration: duration.ms,
      durationExpression: duration.computed,
      range: { from: operand.range.from, to: node.to },
    }
  }

  #subquery(node: SyntaxNode, operand: Expression): Expression {
    const [duration, step] = node.getChildren('DurationExpr').map((child) => this.#positiveDuration(child))
    return {
      kind: 'subquery',
      expression: operand,
      duration: (duration as Duration).ms,
      durationExpression: duration?.computed,
      step: step?.ms,
      stepExpression: step?.computed,
      offset: 0,
      at: undefined,
      range: { from: operand.range.from, to: node.to },
    }
  }

  #withOffset(operand: Expression, { ms: offset, computed }: Duration, to: number): Expression {
    const range = { from: operand.range.from, to }
    const offsetExpression = computed
    const target = operand.kind === 'matrixSelector' ? operand.selector : operand
    if (target.kind !== 'vectorSelector' && target.kind !== 'subquery')
      this.fail(
        operand.range,
        'offset modifier must be preceded by an instant vector selector or range vector selector or a subquery',
      )
    if (isOffset(target)) this.fail(operand.range, 'offset may not be set multiple times')
    return operand.kind === 'matrixSelector'
      ? { ...operand, selector: { ...operand.selector, offset, offsetExpression }, range }
      : { ...(target as VectorSelector | Subquery), offset, offsetExpression, range }
  }

  #withAt(operand: Expression, at: At, to: number): Expression {
    const range = { from: operand.range.from, to }
    const target = operand.kind === 'matrixSelector' ? operand.selector : operand
    if (target.kind !== 'vectorSelector' && target.kind !== 'subquery')
      this.fail(
        operand.range,
        '@ modifier must be preceded by an instant vector selector or range vector selector or a subquery',
      )
    if (target.at !== undefined) this.fail(operand.range, '@ <timestamp> may not be set multiple times')
    return operand.kind === 'matrixSelector'
      ? { ...operand, selector: { ...operand.selector, at }, range }
      : { ...(target as VectorSelector | Subquery), at, range }
  }

  #at(node: SyntaxNode, operand: Expression): At {
    const literal = node.getChild('NumberDurationLiteral')
    if (literal === null) return this.slice(node.getChild('AtModifierPreprocessors') as SyntaxNode).toLowerCase() as At
    const written = this.slice(literal)
    const sign = /^[+-]\s*/.exec(written)?.[0] ?? ''
    const { value } = this.#number({ from: literal.from + sign.length, to: literal.to })
    const seconds = sign.startsWith('-') ? -value : value
    if (!Number.isFinite(seconds) || Math.abs(seconds) >= 2 ** 63)
      this.fail(operand.range, `timestamp out of bounds for @ modifier: ${fixed(seconds)}`)
    return Math.round(seconds * 1000)
  }

  /** A duration that must be positive: a number of milliseconds, or what it is to be computed from. */
  #positiveDuration(node: SyntaxNode): Duration {
    const duration = this.#durationOf(node)
    if (duration.computed === undefined && duration.ms <= 0) this.fail(node, 'duration must be greater than 0')
    return duration
  }

  #durationOf(node: SyntaxNode): Duration {
    const computed = this.#durationExpression(node)
    if (computed.kind !== 'literal') return { ms: 0, computed }
    const { seconds, range } = computed
    if (!(Math.abs(seconds) <= 2 ** 63 / 1e9)) this.fail(range, 'duration out of range')
    return { ms: Math.trunc(Math.round(seconds * 1e9) / 1e6), computed: undefined }
  }

  #durationExpression(node: SyntaxNode): DurationExpression {
    const range = rangeOf(node)
    const literal = node.getChild('NumberDurationLiteralInDurationContext')
    if (literal !== null) return { kind: 'literal', seconds: this.#seconds(literal), range }
    if (node.getChild('DurationStep') !== null) return { kind: 'step', range }
    if (node.getChild('DurationRange') !== null) return { kind: 'range', range }
    const operands = node.getChildren('DurationExpr').concat(node.getChildren('OffsetDurationExpr'))
    const [left, right] = operands.map((operand) => this.#durationExpression(operand))
    if (left === undefined) throw new Error(`the grammar has a duration that is not known here: ${node}`)
    const sign = node.getChild('UnaryOp')
    if (sign !== null) return this.slice(sign) === '-' ? negative(left, range) : left
    if (right === undefined) return left
    if (node.getChild('DurationMinOf') !== null) return { kind: 'min_of', left, right, range }
    if (node.getChild('DurationMaxOf') !== null) return { kind: 'max_of', left, right, range }
    const operator = node.firstChild?.nextSibling as SyntaxNode
    const kind = this.slice(operator) as DurationOperator
    if (right.kind === 'literal' && right.seconds === 0 && (kind === '/' || kind === '%'))
      this.fail(operator, kind === '/' ? 'division by zero' : 'modulo by zero')
    return { kind, left, right, range }
  }

  #seconds(literal: SyntaxNode): number {
    return this.#number(rangeOf(literal)).value
  }
}

interface Duration {
  /** 0 while it is not computed yet. */
  readonly ms: number
  readonly computed: DurationExpression | undefined
}

function isOffset({ offset, offsetExpression }: VectorSelector | Subquery): boolean {
  return offset !== 0 || offsetExpression !== undefined
}

function negative(operand: DurationExpression, range: TextRange): DurationExpression {
  return operand.kind === 'literal'
    ? { kind: 'literal', seconds: -operand.seconds, range }
    : { kind: 'negative', operand, range }
}

const TAKES_PARAMETER = new Set(['topk', 'bottomk', 'quantile', 'count_values', 'limitk', 'limit_ratio'])

/** Puts the items of one level in order by precedence. */
class Arrangement {
  #at = 0

  constructor(
    readonly converter: Converter,
    readonly items: readonly Item[],
  ) {}

  expression(least = 0): Expression {
    let left = this.#operand()
    for (;;) {
      const item = this.items[this.#at]
      if (item?.kind !== 'operator') return left
      const precedence = PRECEDENCE[item.operator] as number
      if (precedence < least) return left
      this.#at++
      // The power is right-associative.
      const right = this.expression(precedence === POWER ? precedence : precedence + 1)
      left = this.converter.binary(item.operator, item.node, left, right)
    }
  }

  #operand(): Expression {
    const item = this.items[this.#at++] as Item
    if (item.kind === 'sign') return this.#signed(item.operator, item.from)
    if (item.kind !== 'operand') throw new Error(`an operand is missing before ${item.node.from}`)
    let expression = this.converter.operand(item.node, item.from)
    for (let next = this.items[this.#at]; next?.kind === 'postfix'; next = this.items[this.#at]) {
      this.#at++
      expression = this.converter.postfix(next.node, expression)
    }
    return expression
  }

  /** A sign binds as tightly as `*`, so -2 ^ 2 is -4. */
  #signed(operator: '+' | '-', from: number): Expression {
    const expression = this.expression(POWER)
    const range = { from, to: expression.range.to }
    if (expression.kind !== 'number') return { kind: 'unary', operator, expression, range }
    return { ...expression, value: operator === '-' ? -expression.value : expression.value, range }
  }
}

function rangeOf({ from, to }: SyntaxNode): TextRange {
  return { from, to }
}

function fixed(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  return `${BigInt(Math.trunc(value))}.${Math.abs(value % 1)
    .toFixed(6)
    .slice(2)}`
}
