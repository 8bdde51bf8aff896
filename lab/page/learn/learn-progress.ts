import { signal } from '@preact/signals'
import type { AllProgress } from '../../progress-wire.ts'
import { getJson } from '../server/api.ts'

/** What the learner has done; null until it arrives. */
export const learnProgress = signal<AllProgress | null>(null)

/** Why it could not be read. */
export const progressProblem = signal<string | null>(null)

let isFollowed = false

/** Reads the progress now, and from then on whenever the page is looked at again: a terminal or a tab may change it. */
export async function loadProgress(): Promise<void> {
  if (!isFollowed) {
    isFollowed = true
    addEventListener('focus', () => void loadProgress())
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') void loadProgress()
    })
  }
  try {
    learnProgress.value = await getJson<AllProgress>('learn/progress')
    progressProblem.value = null
  } catch (error) {
    progressProblem.value = (error as Error).message
  }
}
