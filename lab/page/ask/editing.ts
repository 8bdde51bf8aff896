import type { EditorState, Extension } from '@codemirror/state'

/** What the thing at a position is. */
export interface Hint {
  readonly from: number
  readonly to: number
  readonly title: string
  readonly text: string
}

/** The editor's support for a language. */
export interface Editing {
  readonly name: string
  /** Highlighting and completion. */
  readonly extension: Extension
  readonly hintAt: (state: EditorState, position: number) => Promise<Hint | undefined>
}
