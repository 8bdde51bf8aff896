/** Patterns such as `<method> <path> <_>`, of the stage `pattern` and of the filters `|>` and `!>`. */
type Part = { readonly literal: string } | { readonly capture: string }

function partsOf(text: string): Part[] {
  const parts: Part[] = []
  let literal = ''
  for (let rest = text; rest !== ''; ) {
    const [whole, capture] = /^<([a-zA-Z_]\w*)>/.exec(rest) ?? []
    if (whole === undefined || capture === undefined) {
      const character = String.fromCodePoint(rest.codePointAt(0) as number)
      literal += character
      rest = rest.slice(character.length)
      continue
    }
    if (literal !== '') parts.push({ literal })
    literal = ''
    parts.push({ capture })
    rest = rest.slice(whole.length)
  }
  if (literal !== '') parts.push({ literal })
  return parts
}

function checkConsecutive(parts: readonly Part[]): void {
  parts.forEach((part, i) => {
    const next = parts[i + 1]
    if ('capture' in part && next !== undefined && 'capture' in next)
      throw new Error(`found consecutive capture '<${part.capture}><${next.capture}>': invalid expression`)
  })
}

export class CapturePattern {
  readonly #parts: readonly Part[]

  /** @throws Loki's message */
  constructor(text: string) {
    this.#parts = partsOf(text)
    const names = this.#parts.flatMap((part) => ('capture' in part && part.capture !== '_' ? [part.capture] : []))
    if (text === '') throw new Error('syntax error: unexpected $end, expecting IDENTIFIER or LITERAL')
    if (names.length === 0) throw new Error('at least one capture is required')
    checkConsecutive(this.#parts)
    const twice = names.find((name, i) => names.indexOf(name) !== i)
    if (twice !== undefined) throw new Error(`duplicate capture name (${twice}): invalid expression`)
  }

  /** The captures, up to the first literal that is not found. */
  match(line: string): readonly (readonly [name: string, value: string])[] {
    if (line === '') return []
    const captures: [string, string][] = []
    let rest = line
    let parts = this.#parts
    const [first] = parts
    if (first !== undefined && 'literal' in first) {
      if (!rest.startsWith(first.literal)) return []
      rest = rest.slice(first.literal.length)
      parts = parts.slice(1)
    }
    for (let i = 0; i < parts.length; i += 2) {
      const { capture } = parts[i] as { capture: string }
      const next = parts[i + 1] as { literal: string } | undefined
      const end = next === undefined ? -1 : rest.indexOf(next.literal)
      if (capture !== '_') captures.push([capture, end === -1 ? rest : rest.slice(0, end)])
      if (end === -1) return captures
      rest = rest.slice(end + (next as { literal: string }).literal.length)
    }
    return captures
  }
}

export class FilterPattern {
  readonly #parts: readonly Part[]

  /** @throws Loki's message */
  constructor(text: string) {
    this.#parts = partsOf(text)
    checkConsecutive(this.#parts)
    const named = this.#parts.find((part) => 'capture' in part && part.capture !== '_')
    if (named !== undefined)
      throw new Error(`named captures are not allowed: found '<${(named as { capture: string }).capture}>'`)
  }

  test(line: string): boolean {
    const parts = this.#parts
    if (line === '' || parts.length === 0) return line === '' && parts.length === 0
    let at = 0
    for (const [i, part] of parts.entries()) {
      if (!('literal' in part)) continue
      const found = line.indexOf(part.literal, at)
      if (found === -1 || (i !== 0 && found === at)) return false
      at = found + part.literal.length
    }
    return 'capture' in (parts.at(-1) as Part) === (at !== line.length)
  }
}
