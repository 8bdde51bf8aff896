import { LogParseError } from './errors.ts'
import { describe, type Token } from './tokens.ts'

/** What Loki expects after these words, if it says so; it does when there are four possibilities or fewer. */
const EXPECTED: Readonly<Record<string, string>> = {
  '{': 'IDENTIFIER or }',
  '|=': 'STRING or ip',
  '|~': 'STRING or ip',
  '|>': 'STRING or ip',
  line_format: 'STRING',
  label_format: 'IDENTIFIER',
  pattern: 'STRING',
  regexp: 'STRING',
  drop: 'IDENTIFIER',
  keep: 'IDENTIFIER',
  offset: 'DURATION',
  by: '(',
  without: '(',
  on: '(',
  ignoring: '(',
  vector: '(',
  '=~': 'STRING',
}

/** Loki's message for the first word with which the grammar cannot go on. */
export function syntaxError(tokens: readonly Token[], mistake: number): LogParseError {
  const index = indexOfMistake(tokens, mistake)
  const token = tokens[index] as Token
  const expected = expectation(tokens, index)
  const reason = `syntax error: unexpected ${describe(token)}${expected === undefined ? '' : `, expecting ${expected}`}`
  const position = token.line === 0 && token.column === 0 ? undefined : token
  return new LogParseError(reason, position, token.from)
}

function indexOfMistake(tokens: readonly Token[], mistake: number): number {
  // A name cannot be the first word, whatever the grammar makes of it.
  if (tokens[0]?.kind === 'IDENTIFIER') return 0
  const found = tokens.findIndex(({ to, kind }) => to > mistake || kind === '$end')
  return found === -1 ? tokens.length - 1 : found
}

function expectation(tokens: readonly Token[], index: number): string | undefined {
  const before = tokens[index - 1]
  if (before === undefined) return undefined
  if (isInBraces(tokens, index)) {
    if (before.text === '{') return 'IDENTIFIER or }'
    if (before.text === ',') return 'IDENTIFIER'
    if (before.kind === 'IDENTIFIER') return '= or =~ or !~ or !='
    if (before.kind === 'STRING') return '} or ,'
    return 'STRING'
  }
  const grouped = expectationInGrouping(tokens, index)
  if (grouped !== undefined) return grouped
  if (before.text === '!=' || before.text === '!~' || before.text === '!>')
    return /^(?:IDENTIFIER|NUMBER)$/.test(tokens[index - 2]?.kind ?? '') ? undefined : 'STRING or ip'
  if (before.kind === 'RANGE' && tokens[index]?.kind === '$end') return ')'
  return before.kind === 'word' ? EXPECTED[before.text.toLowerCase()] : undefined
}

/** In the parentheses of `by`, `without`, `vector` and their like. */
function expectationInGrouping(tokens: readonly Token[], index: number): string | undefined {
  let open = index - 1
  while (
    open >= 0 &&
    /^(?:IDENTIFIER|,)$/.test(tokens[open]?.kind === 'IDENTIFIER' ? 'IDENTIFIER' : (tokens[open]?.text ?? ''))
  )
    open--
  if (tokens[open]?.text !== '(') return undefined
  const word = tokens[open - 1]?.text.toLowerCase() ?? ''
  if (word === 'vector' && open === index - 1) return 'NUMBER'
  if (word !== 'by' && word !== 'without') return undefined
  const before = tokens[index - 1]
  if (before?.kind === 'IDENTIFIER') return ', or )'
  if (before?.text === '(') return 'IDENTIFIER or )'
  return before?.text === ',' ? 'IDENTIFIER' : undefined
}

function isInBraces(tokens: readonly Token[], index: number): boolean {
  for (let i = index - 1; i >= 0; i--) {
    const { kind, text } = tokens[i] as Token
    if (kind !== 'word') continue
    if (text === '{') return true
    if (text === '}') return false
  }
  return false
}
