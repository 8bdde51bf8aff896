import { useSignal } from '@preact/signals'
import { useId, useRef } from 'preact/hooks'
import { proposalsFor } from '../../filter/completion.ts'
import { parseFilter } from '../../filter/filter.ts'
import type { KnownKey } from '../../wire.ts'

interface FilterBoxProps {
  readonly value: string
  readonly onChange: (filter: string) => void
  readonly example: string
  /** The keys to complete, at this moment. */
  readonly keys: () => readonly KnownKey[]
  readonly onFocus?: () => void
}

/**
 * Where a filter is typed, with completion of keys and values: a combo box with a list.
 *
 * https://www.w3.org/WAI/ARIA/apg/patterns/combobox/
 */
export function FilterBox({ value, onChange, example, keys, onFocus }: FilterBoxProps) {
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  /** Where the list is open for; null while it is closed. */
  const caret = useSignal<number | null>(null)
  const active = useSignal(-1)
  const proposals = caret.value === null ? [] : proposalsFor(value, caret.value, keys())
  const { problem } = parseFilter(value)

  const open = (at: number | null) => {
    caret.value = at
    active.value = -1
  }
  const accept = (index: number) => {
    const proposal = proposals[index]
    const element = input.current
    if (!proposal || !element) return
    onChange(proposal.text)
    element.value = proposal.text
    element.setSelectionRange(proposal.caret, proposal.caret)
    open(proposal.text[proposal.caret - 1] === '=' ? proposal.caret : null)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const { length } = proposals
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (length === 0) open(input.current?.selectionStart ?? value.length)
      else {
        const step = event.key === 'ArrowDown' ? 1 : -1
        active.value = active.value === -1 && step === -1 ? length - 1 : (active.value + step + length) % length
      }
    } else if ((event.key === 'Enter' || event.key === 'Tab') && active.value >= 0 && length > 0) accept(active.value)
    else if (event.key === 'Escape' && length > 0) open(null)
    else return
    event.preventDefault()
  }

  return (
    <div class="filter-box">
      <label class="parameter">
        <span>filter</span>
        <input
          ref={input}
          type="text"
          role="combobox"
          aria-autocomplete="list"
          aria-expanded={proposals.length > 0}
          aria-controls={`${id}-list`}
          aria-activedescendant={active.value >= 0 && proposals.length > 0 ? `${id}-${active.value}` : undefined}
          aria-describedby={`${id}-problem`}
          aria-invalid={problem !== null}
          autocomplete="off"
          spellcheck={false}
          placeholder={example}
          value={value}
          onFocus={onFocus}
          onInput={(event) => {
            onChange(event.currentTarget.value)
            open(event.currentTarget.selectionStart)
          }}
          onKeyDown={onKeyDown}
          onBlur={() => open(null)}
        />
      </label>
      <div class="proposals" id={`${id}-list`} role="listbox" aria-label="Completions" hidden={proposals.length === 0}>
        {proposals.map(({ label }, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the combo box handles the keys
          // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the combo box, which names its active option
          <div
            key={label}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active.value}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => accept(index)}
          >
            {label}
          </div>
        ))}
      </div>
      <p class="filter-problem" id={`${id}-problem`} role="status">
        {problem}
      </p>
    </div>
  )
}
