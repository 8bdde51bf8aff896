import { useSignal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'

/** A button that asks before it acts. */
export function ConfirmButton(props: {
  readonly label: string
  /** Says what will happen. */
  readonly question: string
  readonly confirm: string
  readonly act: () => void
}) {
  const asks = useSignal(false)
  const keep = useRef<HTMLButtonElement>(null)
  const first = useRef<HTMLButtonElement>(null)
  const hasAsked = useRef(false)
  useLayoutEffect(() => {
    if (asks.value) keep.current?.focus()
    else if (hasAsked.current) first.current?.focus()
    hasAsked.current = asks.value
  }, [asks.value])

  const close = () => {
    asks.value = false
  }
  if (!asks.value)
    return (
      <button
        type="button"
        ref={first}
        onClick={() => {
          asks.value = true
        }}
      >
        {props.label}
      </button>
    )
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div
      class="confirmation"
      role="group"
      aria-label={props.label}
      onKeyDown={({ key }) => {
        if (key === 'Escape') close()
      }}
    >
      <span role="alert">{props.question}</span>
      <button
        type="button"
        onClick={() => {
          close()
          props.act()
        }}
      >
        {props.confirm}
      </button>
      <button type="button" ref={keep} onClick={close}>
        Cancel
      </button>
    </div>
  )
}
