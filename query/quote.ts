const ESCAPES: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
}

/** As Go quotes strings, in messages of Prometheus. @param mark what stands around it */
export function quote(text: string, mark = '"'): string {
  let quoted = ''
  for (const character of text) quoted += character === mark ? `\\${mark}` : quoteCharacter(character)
  return mark + quoted + mark
}

function quoteCharacter(character: string): string {
  const known = ESCAPES[character]
  if (known !== undefined) return known
  const code = character.codePointAt(0) as number
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, '0')}`
  if (character === ' ' || !/[\p{C}\p{Z}]/u.test(character)) return character
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
}
