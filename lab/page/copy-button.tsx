import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

/** A small button that copies a text and confirms it. */
export function CopyButton(props: { readonly text: string; readonly what: string; readonly label?: string }) {
  const { text, what, label = 'copy' } = props
  const outcome = useSignal<'copied' | 'failed' | null>(null)
  useEffect(() => {
    if (outcome.value === null) return
    const timer = setTimeout(() => {
      outcome.value = null
    }, 1500)
    return () => clearTimeout(timer)
  }, [outcome.value])

  const copy = async () => {
    outcome.value = (await copyText(text)) ? 'copied' : 'failed'
  }
  return (
    <button type="button" class="copy" onClick={copy} aria-label={`Copy ${what}`} title={text}>
      <span aria-live="polite">{outcome.value ?? label}</span>
    </button>
  )
}

/** The clipboard API is unavailable over plain HTTP from another machine; the old command still works there. */
async function copyText(text: string): Promise<boolean> {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text)
      return true
    } catch {
      return false // denied by the user
    }
  }
  const area = document.createElement('textarea')
  area.value = text
  document.body.append(area)
  area.select()
  const copied = document.execCommand('copy')
  area.remove()
  return copied
}
