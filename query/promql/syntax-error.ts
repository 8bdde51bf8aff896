import { ParseError } from './position.ts'
import { refusal } from './signatures.ts'
import { describe, type Token } from './tokens.ts'

/**
 * The message that Prometheus has for a query that the grammar cannot read.
 *
 * @param mistake where the grammar stopped
 * @param lexical what is no word at all, if anything; it counts when it comes first
 */
export function syntaxError(
  text: string,
  tokens: readonly Token[],
  mistake: number,
  lexical: ParseError | undefined,
): ParseError {
  const found = tokens.findIndex((token) => token.from >= mistake)
  if (found === -1 && lexical !== undefined) return lexical
  const at = found === -1 ? tokens.length - 1 : found
  const token = tokens[at] as Token
  const before = tokens[at - 1]
  if (token.text === '(' && before?.kind === 'identifier')
    return new ParseError(text, before.from, refusal(before.text))
  if (token.text === '(' && before !== undefined && /^(?:max_of|min_of)$/i.test(before.text))
    return new ParseError(text, before.from, refusal(before.text))

  const surroundings = new Surroundings()
  for (const earlier of tokens.slice(0, at)) surroundings.enter(earlier)
  if (token.text === ')' && before?.text === ',' && surroundings.inCall)
    return new ParseError(text, before.from, 'trailing commas not allowed in function call args')
  const [context, expected] = surroundings.describe()
  const where = context === '' ? '' : ` in ${context}`
  const wanted = expected === '' ? '' : `, expected ${expected}`
  return new ParseError(text, token.from, `unexpected ${describe(token)}${where}${wanted}`)
}

type Bracket = 'parentheses' | 'aggregation' | 'call' | 'grouping' | 'braces' | 'brackets'

const BEFORE_GROUPING = /^(?:by|without|on|ignoring)$/i
const BEFORE_INCLUDED = /^(?:group_left|group_right)$/i
const DURATION = 'number, duration, step(), or range()'

/** What is open where the mistake is, and what may follow there. */
class Surroundings {
  readonly #open: Bracket[] = []
  #last: Token | undefined
  #sawColon = false
  #sawDuration = false

  get inCall(): boolean {
    return this.#open.at(-1) === 'call' || this.#open.at(-1) === 'aggregation'
  }

  enter(token: Token): void {
    if (token.text === '(') this.#open.push(this.#kindOfParentheses())
    else if (token.text === '{') this.#open.push('braces')
    else if (token.text === '[') {
      this.#open.push('brackets')
      this.#sawColon = false
      this.#sawDuration = false
    } else if (/^[)}\]]$/.test(token.text)) this.#open.pop()
    else if (token.text === ':') {
      this.#sawColon = true
      this.#sawDuration = false
    } else if (token.kind === 'number' || token.kind === 'duration') this.#sawDuration = true
    this.#last = token
  }

  describe(): readonly [context: string, expected: string] {
    const last = this.#last
    const open = this.#open.at(-1)
    if (open === 'braces') return ['label matching', this.#expectedInBraces()]
    if (open === 'grouping') return ['grouping opts', /^[(,]$/.test(last?.text ?? '') ? 'label' : '"," or ")"']
    if (open === 'brackets') return this.#describeBrackets()
    if (last?.kind === 'keyword' && BEFORE_GROUPING.test(last.text)) return ['grouping opts', '"("']
    if (last?.kind === 'keyword' && /^offset$/i.test(last.text)) return ['offset', DURATION]
    if (last?.text === '@') return ['@', 'timestamp']
    return this.#open.includes('aggregation') ? ['aggregation', ''] : ['', '']
  }

  #kindOfParentheses(): Bracket {
    const last = this.#last
    if (last?.kind === 'aggregator') return 'aggregation'
    if (last?.kind === 'identifier') return 'call'
    if (last?.kind === 'keyword' && (BEFORE_GROUPING.test(last.text) || BEFORE_INCLUDED.test(last.text)))
      return 'grouping'
    return 'parentheses'
  }

  #expectedInBraces(): string {
    const last = this.#last
    if (last?.kind === 'identifier') return 'label matching operator'
    if (last?.kind === 'operator' || last?.text === '=') return 'string'
    return last?.kind === 'string' ? '"," or "}"' : 'identifier or "}"'
  }

  #describeBrackets(): readonly [string, string] {
    if (!this.#sawColon)
      return this.#sawDuration ? ['subquery or range', '":" or "]"'] : ['subquery or range selector', DURATION]
    return ['subquery selector', this.#sawDuration ? '"]"' : `${DURATION.replace(', or', ',')}, or "]"`]
  }
}
