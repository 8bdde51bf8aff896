/** A path such as `request.headers["x-id"][0]`. @throws Loki's message when it is none */
export function parseJsonPath(text: string): readonly (string | number)[] {
  const path: (string | number)[] = []
  let rest = text.trim()
  if (rest === '') throw mistake(rest, 'IDENTIFIER, STRING, LSB')
  let isFirst = true
  while (rest !== '') {
    const [name, dot, label, quoted, index] =
      /^(?:(\.)?\s*([a-zA-Z_]\w*)|\[\s*"((?:[^"\\]|\\.)*)"\s*\]|\[\s*(\d+)\s*\])\s*/.exec(rest) ?? []
    if (name === undefined || (label !== undefined && isFirst === (dot !== undefined)))
      throw mistake(rest, rest.startsWith('[') ? 'STRING or INDEX' : 'FIELD')
    path.push(label ?? (quoted === undefined ? Number(index) : (JSON.parse(`"${quoted}"`) as string)))
    rest = rest.slice(name.length)
    isFirst = false
  }
  return path
}

function mistake(rest: string, expected: string): Error {
  const [odd] = /^[^\w\s."[\]]/.exec(rest) ?? []
  if (odd !== undefined) return new Error(`unexpected char ${odd}`)
  if (/^[a-zA-Z_]/.test(rest)) return new Error('syntax error: unexpected FIELD')
  const [unexpected] = /^\[\s*[^\d"]?/.test(rest) || rest === '' ? ['$end'] : [rest.charAt(0)]
  return new Error(`syntax error: unexpected ${unexpected}, expecting ${expected}`)
}
