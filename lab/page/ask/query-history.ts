import { signal } from '@preact/signals'
import { PERIODS, type Question } from './questions.ts'

/** A query that was run before. */
export interface Remembered extends Omit<Question, 'show'> {
  /** Milliseconds since 1970. */
  readonly time: number
}

const KEY = 'lab.ask.history'
const MOST = 50
/** Longer queries are not remembered. */
const LONGEST = 4000

/** Newest first. Kept in the browser. */
export const queryHistory = signal<readonly Remembered[]>(stored())

export function remember({ language, query, over }: Question): void {
  if (query.length > LONGEST) return
  const others = queryHistory.value.filter((known) => known.query !== query || known.language !== language)
  store([{ language, query, over, time: Date.now() }, ...others].slice(0, MOST))
}

export function forgetHistory(): void {
  store([])
}

function store(history: readonly Remembered[]): void {
  queryHistory.value = history
  try {
    localStorage.setItem(KEY, JSON.stringify(history))
  } catch {
    // Storage may be full or denied. The history lasts as long as the page then.
  }
}

function stored(): readonly Remembered[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(found) ? found.filter(isRemembered).slice(0, MOST) : []
  } catch {
    return []
  }
}

/** What is stored may be from another version of this page. */
function isRemembered(value: Partial<Remembered> | null): value is Remembered {
  return (
    (value?.language === 'promql' || value?.language === 'logql') &&
    typeof value.query === 'string' &&
    Object.hasOwn(PERIODS, value.over ?? '') &&
    typeof value.time === 'number'
  )
}
