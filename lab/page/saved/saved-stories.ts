import { signal } from '@preact/signals'
import { openStory, SAVED_LIMITS, saveStory } from '../../analysis/saved-story.ts'
import type { Story } from '../../wire.ts'
import { addresses, go } from '../location.ts'

/** Why the last file could not be opened. */
export const fileProblem = signal<string | null>(null)

/** The opened stories by their id. The server does not know them. */
const opened = signal<ReadonlyMap<string, Story>>(new Map())

/** Of this tab, so that they are still there after a reload. */
const KEY = 'lab-story-'

/** A story that was opened from a file in this tab. */
export function openedStory(id: string): Story | undefined {
  return opened.value.get(id) ?? restore(id)
}

export function openedStories(): readonly (readonly [id: string, story: Story])[] {
  return [...opened.value]
}

/** Reads a file and shows its story, or tells why it is none. */
export async function openFile(file: File): Promise<void> {
  fileProblem.value = null
  try {
    if (file.size > SAVED_LIMITS.bytes) throw new Error('The file is too large: 8 MB at most.')
    const text = await file.text()
    const story = openStory(text)
    const id = story.trace_id ?? story.request_id ?? 'lines'
    opened.value = new Map([...opened.value, [id, story]])
    keep(id, text)
    go(addresses.file(id))
  } catch (error) {
    fileProblem.value = `${file.name}: ${(error as Error).message}`
  }
}

/** Downloads a story as a file. */
export function saveFile(story: Story): void {
  const link = document.createElement('a')
  const url = URL.createObjectURL(new Blob([saveStory(story)], { type: 'application/json' }))
  link.href = url
  link.download = `${(story.trace?.name ?? 'request').replaceAll(/[^\w]+/g, '-').replaceAll(/^-|-$/g, '')}-${(story.trace_id ?? story.request_id ?? 'lines').slice(0, 8)}.story.json`
  link.click()
  URL.revokeObjectURL(url)
}

function keep(id: string, text: string): void {
  try {
    sessionStorage.setItem(KEY + id, text)
  } catch {
    // The browser's storage is full. The story is shown, but not after a reload.
  }
}

function restore(id: string): Story | undefined {
  const text = sessionStorage.getItem(KEY + id)
  if (text === null) return undefined
  const story = openStory(text)
  queueMicrotask(() => {
    opened.value = new Map([...opened.value, [id, story]])
  })
  return story
}
