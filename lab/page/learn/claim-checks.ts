import { signal } from '@preact/signals'
import type { CheckEvent } from '../../lesson-wire.ts'
import { postForLines } from '../server/api.ts'
import { loadPath } from './lessons-state.ts'

type Outcome = Extract<CheckEvent, { readonly event: 'outcome' }>

/** A check of a lesson's claims, while it goes on and afterwards. */
export interface ClaimCheck {
  readonly running: boolean
  readonly titles: readonly string[]
  /** In the order of the titles. */
  readonly outcomes: readonly Outcome[]
  readonly note: string | null
  readonly problem: string | null
}

/** By lesson. */
export const claimChecks = signal<Readonly<Record<number, ClaimCheck>>>({})

const BEGINNING: ClaimCheck = { running: true, titles: [], outcomes: [], note: null, problem: null }

/** Checks the claims of a lesson on the server; their outcomes arrive one by one. */
export async function checkLesson(lesson: number): Promise<void> {
  if (claimChecks.value[lesson]?.running) return
  update(lesson, BEGINNING)
  try {
    await postForLines<CheckEvent>(`learn/check/${lesson}`, (event) => update(lesson, after(event, lesson)))
  } catch (error) {
    update(lesson, { ...now(lesson), problem: (error as Error).message })
  }
  update(lesson, { ...now(lesson), running: false, note: null })
  await loadPath()
}

function after(event: CheckEvent, lesson: number): ClaimCheck {
  const check = now(lesson)
  switch (event.event) {
    case 'claims':
      return { ...check, titles: event.titles }
    case 'note':
      return { ...check, note: event.text }
    case 'outcome':
      return { ...check, outcomes: [...check.outcomes, event] }
    case 'problem':
      return { ...check, problem: event.text }
    case 'end':
      return check
  }
}

function now(lesson: number): ClaimCheck {
  return claimChecks.value[lesson] ?? BEGINNING
}

function update(lesson: number, check: ClaimCheck): void {
  claimChecks.value = { ...claimChecks.value, [lesson]: check }
}
