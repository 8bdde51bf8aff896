import { signal } from '@preact/signals'
import type { AllProgress } from '../../progress-wire.ts'
import { getJson, post } from '../server/api.ts'
import { loadPath } from './lessons-state.ts'

/** What the learner has done; null until it arrives. */
export const learnProgress = signal<AllProgress | null>(null)

/** Why it could not be read. */
export const progressProblem = signal<string | null>(null)

let isFollowed = false

/** Reads the progress now, and the course's path with it, and from then on whenever the page is looked at again: a terminal or a tab may change it. */
export async function loadProgress(): Promise<void> {
  if (!isFollowed) {
    isFollowed = true
    addEventListener('focus', () => void loadProgress())
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') void loadProgress()
    })
  }
  try {
    const [progress] = await Promise.all([getJson<AllProgress>('learn/progress'), loadPath()])
    learnProgress.value = progress
    progressProblem.value = null
  } catch (error) {
    progressProblem.value = (error as Error).message
  }
}

/** While a reader scrolls, the place is sent once in this time. */
const READING_MS = 1000

let reading: { readonly lesson: number; readonly section: string; readonly done: boolean } | undefined
let sent = ''

/**
 * Remembers how far a lesson has been read.
 *
 * @param section its anchor; empty before the first one
 * @param atEnd whether the end of the lesson is on the screen
 */
export function rememberReading(lesson: number, section: string, atEnd: boolean): void {
  if (reading === undefined) setTimeout(() => void sendReading(), READING_MS)
  reading = { lesson, section, done: atEnd || (reading?.lesson === lesson && reading.done) }
}

async function sendReading(): Promise<void> {
  if (reading === undefined) return
  const { lesson, section, done } = reading
  reading = undefined
  const news = `${lesson}#${section} ${done}`
  if (news === sent) return
  try {
    // A lesson that was read once stays read.
    await post(`learn/progress/lessons/${lesson}`, { section, ...(done ? { done } : {}) })
    sent = news
    progressProblem.value = null
  } catch (error) {
    progressProblem.value = (error as Error).message
  }
}
