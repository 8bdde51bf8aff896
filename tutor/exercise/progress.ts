import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Entry, root } from './catalogue.ts'
import { UsageError } from './usage-error.ts'

/** Stored progress of an exercise. */
interface Remembered {
  /** Hash of the learner's file when it was last checked. */
  readonly checked?: string
  readonly solved?: boolean
  /** Number of hints shown. */
  readonly hints?: number
}

/** Not tracked by git. Without it files are checked again, and hints start from the first. */
const FILE = join(root, '.tutor/exercises.json')

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

function recall(): Record<string, Remembered> {
  if (!existsSync(FILE)) return {}
  try {
    return JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, Remembered>
  } catch {
    throw new UsageError(`${FILE} cannot be read. Remove it; then your exercises are checked again.`)
  }
}

function remember(number: string, news: Remembered): void {
  const all = recall()
  mkdirSync(join(root, '.tutor'), { recursive: true })
  writeFileSync(FILE, `${JSON.stringify({ ...all, [number]: { ...all[number], ...news } }, null, 2)}\n`)
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
