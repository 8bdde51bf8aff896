import { syntaxTree } from '@codemirror/language'
import type { EditorState } from '@codemirror/state'
import { PromQLExtension } from '@prometheus-io/codemirror-promql'
import {
  aggregateOpTerms,
  functionIdentifierTerms,
} from '@prometheus-io/codemirror-promql/dist/esm/complete/promql.terms'
import { parser } from '@prometheus-io/lezer-promql'
import type { Editing, Hint } from './editing.ts'
import { metadataOf, prometheusClient } from './prometheus-client.ts'

/** Prometheus' own support for PromQL. Mistakes are those of the server's parser, so its linter is off. */
export const promqlEditing: Editing = {
  name: 'PromQL',
  extension: new PromQLExtension().activateLinter(false).setComplete({ remote: prometheusClient }).asExtension(),
  hintAt,
}

export const promqlParser = parser

const WORDS: ReadonlyMap<string, string> = new Map(
  [...functionIdentifierTerms, ...aggregateOpTerms].map(({ label, info }) => [label, info]),
)

/** What a function does, or what a metric is. */
async function hintAt(state: EditorState, position: number): Promise<Hint | undefined> {
  const tree = syntaxTree(state)
  for (const side of [-1, 1] as const) {
    const node = tree.resolveInner(position, side)
    const { from, to } = node
    const word = state.sliceDoc(from, to)
    if (from === to || /\s/.test(word)) continue
    const info = node.name === 'Identifier' ? undefined : WORDS.get(word.toLowerCase())
    if (info !== undefined) return { from, to, title: word, text: `${info}.` }
    if (node.name !== 'Identifier' || node.parent?.name !== 'VectorSelector') continue
    const metadata = await metadataOf(word)
    if (metadata !== undefined) return { from, to, title: `${word}: ${metadata.type}`, text: metadata.help }
  }
  return undefined
}
