/** Where in a LogQL query the cursor is, from the text before it. */
export type Place =
  | { readonly kind: 'query'; readonly word: string }
  | { readonly kind: 'labelName'; readonly word: string }
  | { readonly kind: 'labelValue'; readonly label: string; readonly word: string; readonly isQuoted: boolean }
  | { readonly kind: 'stage'; readonly word: string; readonly selector: string }
  | { readonly kind: 'afterStage'; readonly word: string }
  | { readonly kind: 'lineLabel'; readonly word: string; readonly selector: string }
  | { readonly kind: 'duration'; readonly word: string }
  | { readonly kind: 'text' }

const LABEL_CONDITION = /([A-Za-z_]\w*)\s*(?:=~|!~|!=|=)\s*$/

/** @param before the text up to the cursor */
export function placeIn(before: string): Place {
  const { openQuote, openBrace, openBracket, selector } = scan(before)
  if (openQuote !== undefined) {
    const [, label] = openBrace === undefined ? [] : (LABEL_CONDITION.exec(before.slice(0, openQuote)) ?? [])
    return label === undefined
      ? { kind: 'text' }
      : { kind: 'labelValue', label, word: before.slice(openQuote + 1), isQuoted: true }
  }
  if (openBrace !== undefined) {
    const [, label] = LABEL_CONDITION.exec(before) ?? []
    if (label !== undefined) return { kind: 'labelValue', label, word: '', isQuoted: false }
    return { kind: 'labelName', word: lastWord(before) }
  }
  if (openBracket) return { kind: 'duration', word: /[\w.]*$/.exec(before)?.[0] ?? '' }
  const word = lastWord(before)
  const earlier = before.slice(0, before.length - word.length)
  if (
    /\b(?:by|without)\s*\([^()]*$/i.test(earlier) ||
    /\bunwrap\s+$/.test(earlier) ||
    /\|[^|"`]*\b(?:and|or)\s+$/.test(earlier)
  )
    return { kind: 'lineLabel', word, selector }
  if (/\|\s*$/.test(earlier)) return { kind: 'stage', word, selector }
  if (
    selector !== '' &&
    /[\]}"`\w)]\s*$/.test(earlier) &&
    !/[(,]\s*$/.test(earlier) &&
    !/\]/.test(afterSelector(earlier))
  )
    return { kind: 'afterStage', word }
  return { kind: 'query', word }
}

interface Scanned {
  /** Where the string begins in which the cursor is. */
  readonly openQuote: number | undefined
  /** Where the selector begins in which the cursor is. */
  readonly openBrace: number | undefined
  readonly openBracket: boolean
  /** The last complete selector. */
  readonly selector: string
}

function scan(text: string): Scanned {
  let openQuote: number | undefined
  let openBrace: number | undefined
  let openBracket = false
  let selector = ''
  for (let i = 0; i < text.length; i++) {
    const character = text[i]
    if (openQuote !== undefined) {
      if (character === '\\' && text[openQuote] === '"') i++
      else if (character === text[openQuote]) openQuote = undefined
    } else if (character === '"' || character === '`') openQuote = i
    else if (character === '{') openBrace = i
    else if (character === '}') {
      if (openBrace !== undefined) selector = text.slice(openBrace, i + 1)
      openBrace = undefined
    } else if (character === '[') openBracket = true
    else if (character === ']') openBracket = false
  }
  return { openQuote, openBrace, openBracket, selector }
}

function lastWord(text: string): string {
  return /[A-Za-z_]\w*$/.exec(text)?.[0] ?? ''
}

function afterSelector(text: string): string {
  return text.slice(text.lastIndexOf('}') + 1)
}
