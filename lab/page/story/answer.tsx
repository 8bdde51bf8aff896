import { Json } from '../json.tsx'

const MAX_CHARACTERS = 20_000

/** The server's answer, collapsed. */
export function Answer({ body }: { readonly body: string }) {
  if (body === '') return null
  return (
    <details class="answer">
      <summary>Answer</summary>
      <Json text={body.slice(0, MAX_CHARACTERS)} label="Answer" />
    </details>
  )
}
