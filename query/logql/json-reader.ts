/**
 * Reads JSON in the way of the parser that Loki uses: members in the order of the text, numbers as they are written,
 * and what comes before a mistake counts.
 */

export type JsonType = 'string' | 'number' | 'boolean' | 'null' | 'object' | 'array'

export interface JsonValue {
  readonly type: JsonType
  /** As it is written; a string without its quotes. */
  readonly text: string
}

export const MALFORMED_JSON = 'Malformed JSON error'
export const MALFORMED_OBJECT = "Value looks like object, but can't find closing '}' symbol"
const MALFORMED_ARRAY = "Value is array, but can't find closing ']' symbol"
const MALFORMED_STRING = `Value is string, but can't find closing '"' symbol`
const UNKNOWN = 'Unknown value type'
const BAD_ESCAPE = 'Encountered an invalid escape sequence in a string'

/** Text that is no JSON. The message is that of Loki's parser. */
export class JsonError extends Error {
  override readonly name = 'JsonError'
}

/** @param visit may return false to stop. @throws {JsonError} */
export function eachMember(text: string, visit: (key: string, value: JsonValue) => boolean): boolean {
  let at = skipSpace(text, 0)
  if (text[at] !== '{') throw new JsonError(MALFORMED_OBJECT)
  at = skipSpace(text, at + 1)
  if (at >= text.length) throw new JsonError(MALFORMED_JSON)
  if (text[at] === '}') return true
  for (;;) {
    if (text[at] === '}') return true
    if (text[at] !== '"') throw new JsonError(MALFORMED_OBJECT)
    const keyEnd = stringEnd(text, at + 1)
    if (keyEnd === -1) throw new JsonError(MALFORMED_JSON)
    const key = unescapeJson(text.slice(at + 1, keyEnd))
    if (key === undefined) throw new JsonError(BAD_ESCAPE)
    at = skipSpace(text, keyEnd + 1)
    if (text[at] !== ':') throw new JsonError(MALFORMED_JSON)
    const { value, end } = readValue(text, at + 1)
    if (!visit(key, value)) return false
    at = skipSpace(text, end)
    if (at >= text.length) throw new JsonError(MALFORMED_ARRAY)
    if (text[at] === '}') return true
    if (text[at] !== ',') throw new JsonError(MALFORMED_OBJECT)
    at = skipSpace(text, at + 1)
    if (at >= text.length) throw new JsonError(MALFORMED_OBJECT)
  }
}

/** The value at a path of names and indexes; undefined when there is none. */
export function valueAt(text: string, path: readonly (string | number)[]): JsonValue | undefined {
  let found: JsonValue | undefined
  let inner = text
  for (const step of path) {
    found = undefined
    try {
      if (typeof step === 'number') found = elementAt(inner, step)
      else
        eachMember(inner, (key, value) => {
          if (key === step) found = value
          return found === undefined
        })
    } catch (error) {
      if (!(error instanceof JsonError)) throw error
    }
    if (found === undefined) return undefined
    inner = found.text
  }
  return found
}

function elementAt(text: string, index: number): JsonValue | undefined {
  let at = skipSpace(text, 0)
  if (text[at] !== '[') return undefined
  at = skipSpace(text, at + 1)
  for (let i = 0; text[at] !== ']' && at < text.length; i++) {
    const { value, end } = readValue(text, at)
    if (i === index) return value
    at = skipSpace(text, end)
    if (text[at] !== ',') return undefined
    at = skipSpace(text, at + 1)
  }
  return undefined
}

function readValue(text: string, from: number): { value: JsonValue; end: number } {
  const at = skipSpace(text, from)
  const first = text[at]
  if (first === undefined) throw new JsonError(MALFORMED_JSON)
  if (first === '"') {
    const end = stringEnd(text, at + 1)
    if (end === -1) throw new JsonError(MALFORMED_STRING)
    return { value: { type: 'string', text: text.slice(at + 1, end) }, end: end + 1 }
  }
  if (first === '{' || first === '[') {
    const end = blockEnd(text, at, first, first === '{' ? '}' : ']')
    if (end === -1) throw new JsonError(first === '{' ? MALFORMED_OBJECT : MALFORMED_ARRAY)
    return { value: { type: first === '{' ? 'object' : 'array', text: text.slice(at, end) }, end }
  }
  const [word = ''] = /^[^ \n\r\t,}\]]*/.exec(text.slice(at)) as RegExpExecArray
  return { value: { type: typeOfWord(word), text: word }, end: at + word.length }
}

function typeOfWord(word: string): JsonType {
  if (word === 'true' || word === 'false') return 'boolean'
  if (word === 'null') return 'null'
  if (/^[-\d]/.test(word)) return 'number'
  throw new JsonError(UNKNOWN)
}

function skipSpace(text: string, from: number): number {
  let at = from
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at++
  return at
}

function stringEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '"') return at
  }
  return -1
}

function blockEnd(text: string, from: number, open: string, close: string): number {
  let depth = 0
  for (let at = from; at < text.length; at++) {
    const character = text[at]
    if (character === '"') {
      const end = stringEnd(text, at + 1)
      if (end === -1) return -1
      at = end
    } else if (character === open) depth++
    else if (character === close) {
      depth--
      if (depth === 0) return at + 1
    }
  }
  return -1
}

/** What a string stands for; undefined when an escape in it is none. */
export function unescapeJson(text: string): string | undefined {
  if (!text.includes('\\')) return text
  if (!/^(?:[^\\]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*$/s.test(text)) return undefined
  const joined = text.replace(/\\(?:u([\da-fA-F]{4})|(.))/g, (_, hex: string | undefined, letter: string) =>
    hex === undefined ? (ESCAPES[letter] ?? letter) : String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return joined.toWellFormed().replaceAll('\ufffd', '')
}

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }
