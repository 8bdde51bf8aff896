import { autocompletion, closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, insertNewline } from '@codemirror/commands'
import { bracketMatching, syntaxHighlighting } from '@codemirror/language'
import { type Diagnostic, linter } from '@codemirror/lint'
import { EditorState, type Extension, Prec } from '@codemirror/state'
import { EditorView, hoverTooltip, keymap, placeholder } from '@codemirror/view'
import { classHighlighter } from '@lezer/highlight'
import { effect, signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { Language } from '../../wire.ts'
import { language, run, texts } from './ask-state.ts'
import type { Editing, Hint } from './editing.ts'
import { editorTheme } from './editor-theme.ts'
import { logqlEditing } from './logql-editing.ts'
import { promqlEditing } from './promql-editing.ts'
import { parse } from './query-api.ts'
import { typeOver } from './type-over.ts'

const EDITINGS: Readonly<Record<Language, Editing>> = { promql: promqlEditing, logql: logqlEditing }

const PLACEHOLDERS: Readonly<Record<Language, string>> = {
  promql: 'A PromQL query. Ctrl-Space completes, Enter runs.',
  logql: 'A LogQL query. Ctrl-Space completes, Enter runs.',
}

/** Milliseconds without a key before the query is checked. */
const LINT_DELAY = 250

/** What the server's parser says about the text, and what the thing at the cursor is. */
const mistake = signal<string | null>(null)
const hint = signal<Hint | null>(null)

/**
 * The editor. It lives in a shadow root, where CodeMirror adopts its style sheets instead of writing `<style>` elements,
 * which the page's policy forbids.
 */
export function Editor() {
  const host = useRef<HTMLDivElement>(null)
  const now = language.value
  useEffect(() => {
    if (host.current === null) return
    const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: 'open' })
    return openEditor(root, now)
  }, [now])
  return (
    <div class="query-editor">
      <div ref={host} class="editor-host" />
      <p class={mistake.value === null ? 'editor-hint' : 'editor-hint failure'} aria-live="polite">
        {mistake.value ?? (hint.value && <HintText hint={hint.value} />)}
      </p>
    </div>
  )
}

function HintText({ hint: { title, text } }: { readonly hint: Hint }) {
  return (
    <>
      <code>{title}</code> {text}
    </>
  )
}

/** @returns what closes it */
function openEditor(root: ShadowRoot, now: Language): () => void {
  const text = texts[now]
  const view = new EditorView({
    state: EditorState.create({ doc: text.peek(), extensions: extensions(now) }),
    parent: root,
    root,
  })
  mistake.value = null
  hint.value = null
  const follow = effect(() => {
    const wanted = text.value
    const { doc } = view.state
    if (doc.toString() !== wanted)
      view.dispatch({ changes: { from: 0, to: doc.length, insert: wanted }, selection: { anchor: wanted.length } })
  })
  return () => {
    follow()
    view.destroy()
  }
}

function extensions(now: Language): Extension {
  const editing = EDITINGS[now]
  const runQuery = () => {
    run()
    return true
  }
  return [
    editing.extension,
    history(),
    bracketMatching(),
    closeBrackets(),
    autocompletion({ icons: false }),
    syntaxHighlighting(classHighlighter),
    typeOver,
    EditorView.lineWrapping,
    editorTheme,
    placeholder(PLACEHOLDERS[now]),
    linter((view) => check(now, view.state.doc.toString()), { delay: LINT_DELAY }),
    hoverTooltip((view, position) => tooltip(editing, view.state, position)),
    EditorView.contentAttributes.of({
      'aria-label': `${editing.name} query`,
      spellcheck: 'false',
      autocapitalize: 'off',
    }),
    EditorView.updateListener.of(({ docChanged, selectionSet, state }) => {
      if (docChanged) texts[now].value = state.doc.toString()
      if (docChanged || selectionSet) void showHint(editing, state)
    }),
    Prec.highest(keymap.of([{ key: 'Mod-Enter', run: runQuery }])),
    // Behind the keys of an open list of completions, in which Enter takes one. Tab leaves the editor.
    keymap.of([
      { key: 'Enter', run: runQuery, shift: insertNewline },
      ...closeBracketsKeymap,
      ...historyKeymap,
      ...defaultKeymap,
    ]),
  ]
}

/** Asks the server's parser, so that the message and the position are those that a run would give. */
async function check(now: Language, query: string): Promise<readonly Diagnostic[]> {
  if (query.trim() === '') {
    mistake.value = null
    return []
  }
  try {
    const { error } = await parse(now, query)
    mistake.value = error?.message ?? null
    if (error === null) return []
    const from = Math.min(error.offset ?? 0, query.length)
    return [{ from, to: endOfWord(query, from), severity: 'error', message: error.message }]
  } catch {
    return [] // the page says by itself that the server does not answer
  }
}

/** A mistake at the end of the text is marked at its last character. */
function endOfWord(text: string, from: number): number {
  return from + (/^(?:\w+|\s*\S)?/.exec(text.slice(from))?.[0].length ?? 0)
}

async function tooltip(editing: Editing, state: EditorState, position: number) {
  const found = await editing.hintAt(state, position)
  if (found === undefined) return null
  const { from, to, title, text } = found
  return { pos: from, end: to, above: true, create: () => ({ dom: tooltipElement(title, text) }) }
}

function tooltipElement(title: string, text: string): HTMLElement {
  const element = document.createElement('div')
  element.className = 'query-tooltip'
  const heading = document.createElement('strong')
  heading.textContent = title
  const about = document.createElement('div')
  about.textContent = text
  element.append(heading, about)
  return element
}

let hintAsked = 0

async function showHint(editing: Editing, state: EditorState): Promise<void> {
  const asked = ++hintAsked
  const found = await editing.hintAt(state, state.selection.main.head)
  if (asked === hintAsked) hint.value = found ?? null
}
