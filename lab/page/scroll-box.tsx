import type { ComponentChildren } from 'preact'

/** A scrollable box, focusable by keyboard and labelled for screen readers. */
export function ScrollBox(props: {
  readonly class: string
  readonly label: string
  readonly children: ComponentChildren
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable box must be focusable
    <section class={props.class} tabIndex={0} aria-label={props.label}>
      {props.children}
    </section>
  )
}
