import { signal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'

const loaded = signal<ComponentType | null>(null)
const problem = signal(false)

/** The Ask view with its editor, which is loaded when it is first opened. */
export function LazyAskView() {
  useEffect(() => void load(), [])
  const View = loaded.value
  if (View !== null) return <View />
  if (problem.value)
    return (
      <p class="notice problem" role="alert">
        The editor could not be loaded. Reload the page.
      </p>
    )
  return <p class="waiting">Loading the editor …</p>
}

async function load(): Promise<void> {
  if (loaded.value !== null) return
  try {
    const [{ AskView }] = await Promise.all([import('./ask-view.tsx'), loadStyles()])
    loaded.value = AskView
  } catch {
    problem.value = true
  }
}

function loadStyles(): Promise<void> {
  const link = document.createElement('link')
  link.rel = 'stylesheet'
  link.href = '/lab/assets/ask.css'
  return new Promise((resolve, reject) => {
    link.addEventListener('load', () => resolve())
    link.addEventListener('error', () => reject(new Error('no styles')))
    document.head.append(link)
  })
}
