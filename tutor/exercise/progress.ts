import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { SharedFile } from '../progress/shared-file.ts'
import { type Entry, root } from './catalogue.ts'

/** Stored progress of an exercise. */
interface Remembered {
  /** Hash of the learner's file when it was last checked. */
  readonly checked?: string
  readonly solved?: boolean
  /** Number of hints shown. */
  readonly hints?: number
}

/** Not tracked by git. Without it files are checked again, and hints start from the first. */
const FILE = new SharedFile<Record<string, Remembered>>(join(root, '.tutor'), 'exercises.json', {})

/** Whether this text solves the exercise; undefined when it has not been checked yet. */
export function verdictOn({ number }: Entry, text: string): boolean | undefined {
  const { checked, solved } = recall()[number] ?? {}
  return checked === hashOf(text) ? solved : undefined
}

export function rememberVerdict({ number }: Entry, text: string, solved: boolean): void {
  remember(number, { checked: hashOf(text), solved })
}

export function hintsGiven({ number }: Entry): number {
  return recall()[number]?.hints ?? 0
}

export function rememberHints({ number }: Entry, hints: number): void {
  remember(number, { hints })
}

/** Progress is gone; the learner's files stay. */
export function forgetAll(): void {
  FILE.remove()
}

function recall(): Record<string, Remembered> {
  return FILE.read()
}

function remember(number: string, news: Remembered): void {
  FILE.update((all) => ({ ...all, [number]: { ...all[number], ...news } }))
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
