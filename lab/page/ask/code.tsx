import { classHighlighter, highlightTree } from '@lezer/highlight'
import type { ComponentChildren } from 'preact'
import { explanation } from './ask-state.ts'
import { logqlParser } from './logql-editing.ts'
import { promqlParser } from './promql-editing.ts'

/** A part of the explained query, coloured as in the editor. */
export function Code({ text }: { readonly text: string }) {
  const parser = explanation.value?.language === 'logql' ? logqlParser : promqlParser
  const pieces: ComponentChildren[] = []
  let written = 0
  highlightTree(parser.parse(text), classHighlighter, (from, to, classes) => {
    if (from > written) pieces.push(text.slice(written, from))
    pieces.push(
      <span key={from} class={classes}>
        {text.slice(from, to)}
      </span>,
    )
    written = to
  })
  pieces.push(text.slice(written))
  return <code class="query-code">{pieces}</code>
}
