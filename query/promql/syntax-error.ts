import { readNumber } from './literals.ts'
import { ParseError } from './position.ts'
import { refusal } from './signatures.ts'
import { describe, isMetricNamedOffset, type Token } from './tokens.ts'

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
  const surroundings = new Surroundings()
  for (const earlier of tokens.slice(0, at)) {
    checkNumber(text, earlier)
    surroundings.enter(earlier)
  }
  if (token.text === '(' && before !== undefined && mayBeFunction(before) && !surroundings.inGrouping)
    return new ParseError(text, before.from, refusal(before.text))
  if (before?.text === ',' && surroundings.inCall)
    return new ParseError(text, before.from, 'trailing commas not allowed in function call args')
  const [context, expected] = surroundings.describe()
  const where = context === '' ? '' : ` in ${context}`
  const wanted = expected === '' ? '' : `, expected ${expected}`
  return new ParseError(text, token.from, `unexpected ${describe(token)}${where}${wanted}`)
}

function isOffset(token: Token, before: Token | undefined): boolean {
  return token.kind === 'keyword' && /^offset$/i.test(token.text) && !isMetricNamedOffset(token, before)
}

function mayBeFunction({ kind, text }: Token): boolean {
  return kind === 'identifier' || /^(?:max_of|min_of)$/i.test(text)
}

/** A number that is none is a mistake of its own, and comes first. */
function checkNumber(text: string, token: Token): void {
  if (token.kind !== 'number' && token.kind !== 'duration') return
  try {
    readNumber(token.text)
  } catch (error) {
    throw new ParseError(text, token.from, (error as Error).message)
  }
}

type Bracket = 'parentheses' | 'duration' | 'aggregation' | 'call' | 'grouping' | 'braces' | 'brackets'

const BY = /^(?:by|without)$/i
const ON = /^(?:on|ignoring)$/i
const GROUP = /^(?:group_left|group_right)$/i
const DURATION = 'number, duration, step(), or range()'

/** What is open where the mistake is, and what may follow there. */
class Surroundings {
  readonly #open: Bracket[] = []
  /** The bracket that was closed last. */
  #closed: Bracket | undefined
  #last: Token | undefined
  #sawColon = false
  #sawDuration = false
  /** Whether an `@` is not followed by a moment yet. */
  #awaitsMoment = false
  /** Whether `offset`, and a sign perhaps, are not followed by a duration yet. */
  #awaitsOffset = false
  /** Whether an aggregator and its labels are not followed by an expression yet. */
  #awaitsBody = false
  /** Whether the last word is one that labels in parentheses follow. */
  #awaitsLabels = false

  get inGrouping(): boolean {
    return this.#open.at(-1) === 'grouping'
  }

  get inCall(): boolean {
    return this.#open.at(-1) === 'call' || this.#open.at(-1) === 'aggregation'
  }

  enter(token: Token): void {
    const { text, kind } = token
    if (text === '(') this.#openParentheses()
    else if (text === '{') this.#open.push('braces')
    else if (text === '[') {
      this.#open.push('brackets')
      this.#sawColon = false
      this.#sawDuration = false
    } else if (/^[)}\]]$/.test(text)) this.#close()
    else if (text === ':') {
      this.#sawColon = true
      this.#sawDuration = false
    } else if (kind === 'number' || kind === 'duration') {
      this.#sawDuration = true
      this.#awaitsMoment = false
    } else if (text === '@') this.#awaitsMoment = true
    else if (kind === 'operator' && this.#open.at(-1) === 'brackets') this.#sawDuration = false
    this.#awaitsOffset = isOffset(token, this.#last) || (this.#awaitsOffset && /^[+-]$/.test(text))
    this.#awaitsLabels = kind === 'keyword' && (ON.test(text) || (BY.test(text) && this.#isModifier()))
    if (this.#awaitsLabels && this.#last?.kind === 'aggregator') this.#awaitsBody = true
    this.#last = token
  }

  describe(): readonly [context: string, expected: string] {
    const last = this.#last
    const open = this.#open.at(-1)
    if (open === 'braces') return ['label matching', this.#expectedInBraces()]
    if (open === 'grouping') return ['grouping opts', /^[(,]$/.test(last?.text ?? '') ? 'label' : '"," or ")"']
    if (this.#awaitsMoment) return ['@', 'timestamp']
    if (this.#open.includes('brackets')) return this.#describeBrackets()
    if (this.#awaitsLabels) return ['grouping opts', '"("']
    if (last?.kind === 'keyword' && GROUP.test(last.text)) return ['grouping opts', '"("']
    if (this.#awaitsOffset || this.#open.includes('duration')) return ['offset', DURATION]
    return this.#awaitsBody || this.#open.includes('aggregation') ? ['aggregation', ''] : ['', '']
  }

  /** `by` is the name of a metric, except behind an aggregator and behind what it aggregates. */
  #isModifier(): boolean {
    return this.#last?.kind === 'aggregator' || (this.#last?.text === ')' && this.#closed === 'aggregation')
  }

  #openParentheses(): void {
    const last = this.#last
    if (this.#awaitsLabels || (last?.kind === 'keyword' && GROUP.test(last.text))) this.#open.push('grouping')
    else if (this.#awaitsOffset) this.#open.push('duration')
    else if (last?.kind === 'aggregator' || this.#awaitsBody) {
      this.#open.push('aggregation')
      this.#awaitsBody = false
    } else this.#open.push(last?.kind === 'identifier' ? 'call' : 'parentheses')
  }

  #close(): void {
    this.#closed = this.#open.pop()
    if (this.#last?.text === '(') this.#awaitsMoment = false
  }

  #expectedInBraces(): string {
    const last = this.#last
    if (last?.kind === 'identifier') return 'label matching operator'
    if (last?.kind === 'operator' || last?.text === '=') return 'string'
    return last?.kind === 'string' ? '"," or "}"' : 'identifier or "}"'
  }

  #describeBrackets(): readonly [string, string] {
    const isComplete = this.#sawDuration && this.#open.at(-1) === 'brackets'
    if (!this.#sawColon)
      return isComplete ? ['subquery or range', '":" or "]"'] : ['subquery or range selector', DURATION]
    return ['subquery selector', isComplete ? '"]"' : `${DURATION.replace(', or', ',')}, or "]"`]
  }
}
