import { watch } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Entry, root } from './catalogue.ts'
import { learnerText } from './learner-file.ts'
import { rememberVerdict } from './progress.ts'
import { judge, type Verdict } from './verdict.ts'

/** Editors save in several steps: they truncate and write the file, or write a new one and rename it. */
const SETTLE_MS = 60

export interface WatchOptions {
  /** Called when a check starts. */
  readonly onStart: () => void
  /** Called with each verdict; undefined when the file is missing. */
  readonly onVerdict: (verdict: Verdict | undefined) => void
  /** Timeout of a check. */
  readonly seconds?: number
  /** When to end: at the first right answer, or when the signal aborts. */
  readonly until: 'solved' | AbortSignal
}

/** Checks the learner's file now and after each save. */
export async function watchExercise(entry: Entry, { onStart, onVerdict, seconds, until }: WatchOptions): Promise<void> {
  const stop = until === 'solved' ? new AbortController().signal : until
  const file = join(root, entry.file)
  let notify = (): void => {}
  // Watches the folder, because an editor may replace the file.
  const watcher = watch(dirname(file), (_event, name) => {
    if (name === null || name === basename(file)) notify()
  })
  try {
    let checked: string | undefined | null = null
    while (!stop.aborted) {
      const changed = new AbortController()
      const change = new Promise<void>((resolve) => {
        notify = () => {
          if (learnerText(entry) === checked) return
          changed.abort()
          resolve()
        }
        stop.addEventListener('abort', () => resolve(), { once: true, signal: changed.signal })
      })
      const text = learnerText(entry)
      if (text !== checked) {
        checked = text
        const verdict = await verdictOf(entry, text, {
          onStart,
          seconds,
          signal: AbortSignal.any([changed.signal, stop]),
        })
        if (verdict !== 'outdated') {
          onVerdict(verdict)
          if (until === 'solved' && verdict !== undefined && verdict.problem === undefined) return
        }
      }
      await change
      await delay(SETTLE_MS)
    }
  } finally {
    watcher.close()
  }
}

/** Aborts the check when the text changes. */
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
