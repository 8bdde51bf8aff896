import { watch } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Entry, root } from './catalogue.ts'
import { textOf } from './learner-file.ts'
import { rememberVerdict } from './progress.ts'
import { judge, type Verdict } from './verdict.ts'

/** Editors save in several steps: they empty the file and fill it, or write another one and rename it. In milliseconds. */
const SETTLE_MS = 60

export interface WatchOptions {
  /** Called when the file is being checked. */
  readonly onStart: () => void
  /** Called with each verdict; undefined when there is no file. */
  readonly onVerdict: (verdict: Verdict | undefined) => void
  /** Seconds after which code counts as hanging. */
  readonly seconds?: number
}

/** Checks the learner's file, and again each time that it is saved, until it solves the exercise. */
export async function watchUntilSolved(entry: Entry, { onStart, onVerdict, seconds }: WatchOptions): Promise<void> {
  const file = join(root, entry.file)
  let notify = (): void => {}
  // The folder, because an editor may put a new file in place of the old one.
  const watcher = watch(dirname(file), (_event, name) => {
    if (name === null || name === basename(file)) notify()
  })
  try {
    let checked: string | undefined | null = null
    for (;;) {
      const changed = new AbortController()
      const change = new Promise<void>((resolve) => {
        notify = () => {
          if (textOf(entry) === checked) return
          changed.abort()
          resolve()
        }
      })
      const text = textOf(entry)
      if (text !== checked) {
        checked = text
        const verdict = await verdictOf(entry, text, { onStart, seconds, signal: changed.signal })
        if (verdict !== 'outdated') {
          onVerdict(verdict)
          if (verdict !== undefined && verdict.problem === undefined) return
        }
      }
      await change
      await delay(SETTLE_MS)
    }
  } finally {
    watcher.close()
  }
}

/** A check of a text that has changed in the meantime is broken off. */
async function verdictOf(
  entry: Entry,
  text: string | undefined,
  { onStart, seconds, signal }: Pick<WatchOptions, 'onStart' | 'seconds'> & { signal: AbortSignal },
): Promise<Verdict | 'outdated' | undefined> {
  if (text === undefined) return undefined
  onStart()
  try {
    const verdict = await judge(entry, { signal, seconds })
    if (signal.aborted) return 'outdated'
    rememberVerdict(entry, text, verdict.problem === undefined)
    return verdict
  } catch (error) {
    if (signal.aborted) return 'outdated'
    throw error
  }
}
