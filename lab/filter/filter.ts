/**
 * The filter of log lines and traces, one syntax for both:
 *
 *   http.route=/slow status>=500 duration>100ms "no seats" -level=debug
 *
 * Terms are separated by spaces, and all must hold. A term is a key, an operator and a value, or a text to find
 * anywhere. `-` before a term negates it. Values and texts match in upper and lower case.
 */
export interface Filter {
  readonly terms: readonly Term[]
  /** The first mistake, as a sentence; null without one. `terms` are those that can be read. */
  readonly problem: string | null
}

export interface Term {
  /** null for a text to find anywhere. */
  readonly key: string | null
  readonly operator: Operator
  /** `*` in the value of `=` stands for any characters. */
  readonly value: string
  readonly negated: boolean
}

/** `~`: contains. */
export type Operator = '=' | '~' | '>' | '>=' | '<' | '<='

/** Longer filters are refused. */
export const MAX_FILTER = 500

const TERM =
  /(?<minus>-)?(?:(?<key>[A-Za-z_][\w./-]*)(?<operator>!=|>=|<=|=|>|<|~))?(?:(?<open>")(?<quoted>(?:[^"\\]|\\.)*)(?<close>"?)|(?<plain>\S*))/y

/** Reads a filter. Never throws, because it also reads what is still being typed. */
export function parseFilter(text: string): Filter {
  if (text.length > MAX_FILTER) return { terms: [], problem: `A filter has at most ${MAX_FILTER} characters.` }
  const terms: Term[] = []
  let problem: string | null = null
  for (const { groups } of termsIn(text)) {
    const { minus, key = null, operator = '~', open, quoted, close, plain } = groups
    const value = quoted?.replaceAll(/\\(.)/g, '$1') ?? plain ?? ''
    if (open !== undefined && close === '') problem ??= 'A quotation mark is not closed.'
    else if (key !== null && open === undefined && value === '') problem ??= `${key}${operator} needs a value.`
    else if (value !== '' || key !== null) {
      const isNot = operator === '!='
      terms.push({
        key,
        operator: isNot ? '=' : (operator as Operator),
        value,
        negated: (minus !== undefined) !== isNot,
      })
    } else if (minus !== undefined) problem ??= '- negates the term after it, without a space between.'
  }
  return { terms, problem }
}

/** Where a term is in a filter, and its parts. */
export interface TermPlace {
  readonly start: number
  readonly end: number
  readonly groups: Readonly<
    Partial<Record<'minus' | 'key' | 'operator' | 'open' | 'quoted' | 'close' | 'plain', string>>
  >
}

/** The terms of a text, also those with mistakes. */
export function termsIn(text: string): TermPlace[] {
  const found: TermPlace[] = []
  let at = 0
  while (at < text.length) {
    if (/\s/.test(text[at] as string)) {
      at++
      continue
    }
    TERM.lastIndex = at
    const match = TERM.exec(text)
    const end = at + Math.max(1, match?.[0].length ?? 0)
    found.push({ start: at, end, groups: match?.groups ?? {} })
    at = end
  }
  return found
}

/** The value as it must be typed: in quotation marks if it has spaces. */
export function quoted(value: string): string {
  return /^[^\s"]+$/.test(value) ? value : `"${value.replaceAll(/["\\]/g, '\\$&')}"`
}

/** The value that a key must be equal to; undefined when the filter does not say. */
export function requiredValue({ terms }: Filter, key: string): string | undefined {
  return terms.find((term) => term.key === key && term.operator === '=' && !term.negated)?.value
}
