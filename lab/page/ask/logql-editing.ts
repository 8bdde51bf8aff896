import { LanguageSupport, LRLanguage, syntaxTree } from '@codemirror/language'
import type { EditorState } from '@codemirror/state'
import { parser } from '@grafana/lezer-logql'
import { styleTags, tags } from '@lezer/highlight'
import type { Editing, Hint } from './editing.ts'
import { completeLogql } from './logql-completion.ts'
import { aggregations, filters, groupings, rangeFunctions, stages } from './logql-words.ts'

/** Grafana's grammar, with what is to be coloured. */
export const logqlParser = parser.configure({
  props: [
    styleTags({
      LineComment: tags.comment,
      Identifier: tags.labelName,
      String: tags.string,
      'Number Duration Bytes': tags.number,
      'RangeOp/...': tags.function(tags.variableName),
      'VectorOp/... ConvOp/...': tags.operatorKeyword,
      'By Without On Ignoring GroupLeft GroupRight Offset Bool And Or Unless': tags.modifier,
      'Json Logfmt Unpack Pattern Regexp Unwrap LabelFormat LineFormat Drop Keep Decolorize LabelReplace Vector':
        tags.keyword,
      'Pipe PipeExact PipeMatch PipePattern Npa Neq Nre Re Eq Gtr Gte Lss Lte Eql Add Sub Mul Div Mod Pow':
        tags.operator,
    }),
  ],
})

const language = LRLanguage.define({
  name: 'logql',
  parser: logqlParser,
  languageData: {
    closeBrackets: { brackets: ['(', '[', '{', '"', '`'] },
    commentTokens: { line: '#' },
    autocomplete: completeLogql,
  },
})

const WORDS: Readonly<Record<string, string>> = {
  ...aggregations,
  ...groupings,
  ...stages,
  ...rangeFunctions,
  ...filters,
}

/** Support for LogQL on Grafana's grammar. */
export const logqlEditing: Editing = { name: 'LogQL', extension: new LanguageSupport(language), hintAt }

async function hintAt(state: EditorState, position: number): Promise<Hint | undefined> {
  const tree = syntaxTree(state)
  for (const side of [-1, 1] as const) {
    const { name, from, to } = tree.resolveInner(position, side)
    const word = state.sliceDoc(from, to)
    const text = name === 'Identifier' || name === 'String' ? undefined : WORDS[word.toLowerCase()]
    if (text !== undefined) return { from, to, title: word, text }
  }
  return undefined
}
