/** Text of a comment: paragraphs between empty lines, `code` in backticks, lines that are indented as they stand. */
export function Prose({ text }: { readonly text: string }) {
  return (
    <>
      {text.split(/\n{2,}/).map((paragraph) =>
        /^ {2,}/.test(paragraph) ? (
          <pre class="prose-code" key={paragraph}>
            {paragraph}
          </pre>
        ) : (
          <p key={paragraph}>
            <Inline text={paragraph.replaceAll(/\s*\n\s*/g, ' ')} />
          </p>
        ),
      )}
    </>
  )
}

/** A text with `code` and addresses of pages. */
export function Inline({ text }: { readonly text: string }) {
  return (
    <>
      {text.split(/(`[^`]+`|https:\/\/[^\s,]*[^\s,.])/).map((part) => {
        if (part.startsWith('`') && part.length > 2) return <code key={part}>{part.slice(1, -1)}</code>
        if (!part.startsWith('https://')) return part
        return (
          <a key={part} href={part} target="_blank" rel="noreferrer">
            {part}
          </a>
        )
      })}
    </>
  )
}
