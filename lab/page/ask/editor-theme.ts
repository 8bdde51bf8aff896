import { EditorView } from '@codemirror/view'

/** With the page's custom properties, which reach into the shadow root, light and dark. */
export const editorTheme = EditorView.theme({
  '&': { color: 'var(--text)', backgroundColor: 'var(--surface)', fontSize: '14px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.5', maxHeight: '40vh', overflow: 'auto' },
  '.cm-content': { padding: '9px 4px', caretColor: 'var(--text)' },
  '.cm-placeholder': { color: 'var(--muted)' },
  '.cm-selectionBackground, &.cm-focused .cm-selectionBackground': { backgroundColor: 'var(--accent-soft)' },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--mark)', outline: 'none' },
  '&.cm-focused .cm-nonmatchingBracket': { backgroundColor: 'var(--error-soft)' },
  // The package draws its wave with an image in the style sheet, which the page's policy forbids.
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--error) 1.5px',
    textUnderlineOffset: '3px',
  },
  '.cm-lintPoint:after': { borderBottomColor: 'var(--error)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--surface)',
    color: 'var(--text)',
    border: '1px solid var(--edge)',
    borderRadius: '6px',
    fontFamily: 'var(--sans)',
    fontSize: '12.5px',
    maxWidth: 'min(420px, 90vw)',
  },
  '.cm-diagnostic': { padding: '5px 9px', borderLeft: '3px solid var(--error)' },
  '.query-tooltip': { padding: '6px 9px' },
  '.query-tooltip strong': { fontFamily: 'var(--mono)', fontSize: '12px', overflowWrap: 'anywhere' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', fontSize: '12.5px', maxHeight: '16em' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '2px 8px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--accent-soft)',
    color: 'var(--accent-strong)',
  },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700' },
  '.cm-completionDetail': { color: 'var(--muted)', fontStyle: 'normal' },
  '.cm-tooltip.cm-completionInfo': { padding: '6px 9px' },
  '.tok-string': { color: 'var(--ok)' },
  '.tok-number': { color: 'var(--warn)' },
  '.tok-keyword, .tok-operatorKeyword, .tok-modifier': { color: 'var(--accent-strong)', fontWeight: '600' },
  '.tok-variableName.tok-function, .tok-variableName2': { color: 'var(--accent)' },
  '.tok-labelName': { color: 'var(--service-3)' },
  '.tok-comment': { color: 'var(--muted)' },
})
