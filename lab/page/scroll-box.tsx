import type { ComponentChildren } from 'preact'

/** A box that scrolls by itself. The keyboard can reach it, and a screen reader is told what it holds. */
export function ScrollBox(props: {
  readonly class: string
  readonly label: string
  readonly children: ComponentChildren
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be within reach of the keyboard
    <section class={props.class} tabIndex={0} aria-label={props.label}>
      {props.children}
    </section>
  )
}
