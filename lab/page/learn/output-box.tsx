import type { ComponentChildren } from 'preact'

/** A scrollable output, one of many: unlike `ScrollBox` it is no landmark, of which there should be few. */
export function OutputBox(props: {
  readonly class: string
  readonly label: string
  readonly children: ComponentChildren
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable box must be focusable
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for a form
    <div class={props.class} tabIndex={0} role="group" aria-label={props.label}>
      {props.children}
    </div>
  )
}
