import { Json } from '../json.tsx'

const MOST_CHARACTERS = 20_000

/** What the server answered, on demand. */
export function Answer({ body }: { readonly body: string }) {
  if (body === '') return null
  return (
    <details class="answer">
      <summary>Answer</summary>
      <Json text={body.slice(0, MOST_CHARACTERS)} label="Answer" />
    </details>
  )
}
