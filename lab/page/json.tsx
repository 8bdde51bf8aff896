import { ScrollBox } from './scroll-box.tsx'

/** Indents and highlights JSON. Other text is shown unchanged. */
export function Json({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <ScrollBox class="json" label={label}>
      <pre>
        {tokens(indented(text)).map(({ kind, text: part }, index) => (
          <span key={index} class={kind}>
            {part}
          </span>
        ))}
      </pre>
    </ScrollBox>
  )
}

interface Token {
  readonly kind: 'key' | 'string' | 'literal' | 'plain'
  readonly text: string
}

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

/** Strings (with the colon after a key), numbers and literals. */
function tokens(text: string): Token[] {
  const parts = text.split(
    /("(?:[^"\\\n]|\\.)*"(?:\s*:)?|\b(?:true|false|null)\b|-?\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b)/,
  )
  return parts.filter((part) => part !== '').map((part) => ({ kind: kindOf(part), text: part }))
}

function kindOf(part: string): Token['kind'] {
  if (part.startsWith('"')) return part.endsWith(':') ? 'key' : 'string'
  return /^(true|false|null|-?\d)/.test(part) ? 'literal' : 'plain'
}
