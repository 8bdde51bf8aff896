import { EditorView } from '@codemirror/view'

/**
 * Replaces selected text by what is typed. Left to itself, Chromium would give the new text the style of the old one, in
 * a `style` attribute, which the page's policy forbids.
 */
export const typeOver = EditorView.domEventHandlers({
  beforeinput({ inputType, data }, view) {
    const { from, to, empty } = view.state.selection.main
    if (inputType !== 'insertText' || data === null || empty) return false
    const insert = () => view.state.update({ ...view.state.replaceSelection(data), userEvent: 'input.type' })
    const handlers = view.state.facet(EditorView.inputHandler)
    if (!handlers.some((handle) => handle(view, from, to, data, insert))) view.dispatch(insert())
    return true
  },
})
