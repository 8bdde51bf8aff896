import type { SyntaxNode } from '@lezer/common'
import type { Comparison, TextRange } from '../promql/expression.ts'
import { unquote } from '../promql/literals.ts'
import { Matcher, type MatchOperator } from '../series/matcher.ts'
import { LogParseError } from './errors.ts'
import type { Extraction, LabelChoice, LabelFilter, LabelFormat, LineFilterOperator, Stage } from './expression.ts'
import { children, leaves, numberIn, rangeOf } from './nodes.ts'
import { readDuration } from './tokens.ts'
import { parseBytes } from './units.ts'

type FilterItem = { readonly node: SyntaxNode } | 'and' | 'or' | ','

/** Makes stages of a pipeline from the nodes of the grammar. */
export class StageReader {
  constructor(readonly text: string) {}

  /** @throws {LogParseError} when its regular expression cannot be parsed */
  matcher(node: SyntaxNode): Matcher {
    const [label, operator, value] = children(node) as [SyntaxNode, SyntaxNode, SyntaxNode]
    try {
      return new Matcher(this.#slice(label), this.#slice(operator) as MatchOperator, this.#string(value))
    } catch (error) {
      throw new LogParseError((error as Error).message, undefined, node.from)
    }
  }

  /** The stages that one of the grammar stands for: filters of lines may be several. */
  read(stage: SyntaxNode): Stage[] {
    const filters = stage.getChild('LineFilters')
    if (filters !== null) return leaves(stage, 'LineFilters', 'LineFilter').map((filter) => this.#lineFilter(filter))
    return [this.#pipedStage(stage.lastChild as SyntaxNode, rangeOf(stage))]
  }

  #pipedStage(node: SyntaxNode, range: TextRange): Stage {
    switch (node.name) {
      case 'LabelParser': {
        const [parser, argument] = children(node) as [SyntaxNode, SyntaxNode | undefined]
        if (argument === undefined) return { kind: 'json', expressions: [], range }
        return { kind: parser.name === 'Pattern' ? 'pattern' : 'regexp', expression: this.#string(argument), range }
      }
      case 'JsonExpressionParser':
        return { kind: 'json', expressions: this.#extractions(node), range }
      case 'LogfmtParser':
      case 'LogfmtExpressionParser': {
        const flags = node.getChild('LogfmtParserFlags')
        const written = flags === null ? '' : this.#slice(flags)
        const [strict, keepEmpty] = [written.includes('--strict'), written.includes('--keep-empty')]
        return { kind: 'logfmt', strict, keepEmpty, expressions: this.#extractions(node), range }
      }
      case 'LabelFilter':
        return { kind: 'labelFilter', filter: this.labelFilter(node), range }
      case 'LineFormatExpr':
        return { kind: 'lineFormat', template: this.#string(node.getChild('String') as SyntaxNode), range }
      case 'LabelFormatExpr':
        return {
          kind: 'labelFormat',
          formats: leaves(node, 'LabelsFormat', 'LabelFormatMatcher').map((format) => this.#labelFormat(format)),
          range,
        }
      case 'DropLabelsExpr':
        return { kind: 'drop', labels: this.#choices(node, 'DropLabels', 'DropLabel'), range }
      case 'KeepLabelsExpr':
        return { kind: 'keep', labels: this.#choices(node, 'KeepLabels', 'KeepLabel'), range }
      case 'DecolorizeExpr':
        return { kind: 'decolorize', range }
      default:
        throw new Error(`the grammar has a stage that is not known here: ${node.name}`)
    }
  }

  #lineFilter(node: SyntaxNode): Stage {
    const operator = this.#slice(node.getChild('Filter') as SyntaxNode) as LineFilterOperator
    const texts = [this.#string(node.getChild('String') as SyntaxNode)]
    for (let or = node.getChild('OrFilter'); or !== null; or = or.getChild('OrFilter'))
      texts.push(this.#string(or.getChild('String') as SyntaxNode))
    return { kind: 'lineFilter', operator, texts, range: rangeOf(node) }
  }

  #extractions(node: SyntaxNode): Extraction[] {
    return leaves(node, 'LabelExtractionExpressionList', 'LabelExtractionExpression').map((one) => {
      const label = this.#slice(one.firstChild as SyntaxNode)
      const expression = one.getChild('String')
      return { label, expression: expression === null ? label : this.#string(expression) }
    })
  }

  #labelFormat(node: SyntaxNode): LabelFormat {
    const [label, , value] = children(node) as [SyntaxNode, SyntaxNode, SyntaxNode]
    const isRename = value.name !== 'String'
    return { label: this.#slice(label), isRename, value: isRename ? this.#slice(value) : this.#string(value) }
  }

  #choices(node: SyntaxNode, list: string, item: string): LabelChoice[] {
    return leaves(node, list, item).map((choice) => {
      const only = choice.firstChild as SyntaxNode
      return only.name === 'Matcher' ? this.matcher(only) : this.#slice(only)
    })
  }

  /** A condition on labels, with its `and`, `or` and commas. */
  labelFilter(node: SyntaxNode): LabelFilter {
    const items: FilterItem[] = []
    this.#flattenFilter(node, items)
    let at = 0
    const operand = (): LabelFilter => {
      const item = items[at++] as { node: SyntaxNode }
      const filter = this.#oneFilter(item.node)
      if (items[at] !== ',') return filter
      // In Loki, a comma binds what is behind it first.
      at++
      return { kind: 'and', left: filter, right: expression(0) }
    }
    const expression = (least: number): LabelFilter => {
      let left = operand()
      for (;;) {
        const operator = items[at]
        if (operator !== 'and' && operator !== 'or') return left
        const precedence = operator === 'or' ? 0 : 1
        if (precedence < least) return left
        at++
        left = { kind: operator, left, right: expression(precedence + 1) }
      }
    }
    return expression(0)
  }

  #flattenFilter(node: SyntaxNode, items: FilterItem[]): void {
    const parts = children(node)
    const filters = parts.filter(({ name }) => name === 'LabelFilter')
    if (filters.length < 2) {
      items.push({ node })
      return
    }
    const [left, right] = filters as [SyntaxNode, SyntaxNode]
    this.#flattenFilter(left, items)
    const operator = parts.find(({ name }) => name === 'And' || name === 'Or')
    items.push(operator === undefined ? ',' : operator.name === 'And' ? 'and' : 'or')
    this.#flattenFilter(right, items)
  }

  #oneFilter(node: SyntaxNode): LabelFilter {
    const only = node.firstChild as SyntaxNode
    if (only.name === 'LabelFilter') return this.labelFilter(only)
    if (only.name === 'Matcher') return { kind: 'string', matcher: this.matcher(only) }
    const filter = only.name === 'UnitFilter' ? (only.firstChild as SyntaxNode) : only
    const [label, operator, value] = children(filter) as [SyntaxNode, SyntaxNode, SyntaxNode]
    const written = this.#slice(operator)
    const common = { label: this.#slice(label), operator: (written === '=' ? '==' : written) as Comparison }
    const text = this.#slice(value)
    if (filter.name === 'DurationFilter') return { kind: 'duration', ...common, value: Number(readDuration(text)) }
    if (filter.name === 'BytesFilter') return { kind: 'bytes', ...common, value: parseBytes(text) }
    return { kind: 'number', ...common, value: numberIn(this.text, value) }
  }

  #slice({ from, to }: TextRange): string {
    return this.text.slice(from, to)
  }

  #string(node: SyntaxNode): string {
    return unquote(this.#slice(node))
  }
}
