/** The lessons that have claims. */
export const LESSONS: readonly number[] = [1, 2, 3, 4, 5, 6, 7]

/** The phase in which the server of a lesson runs. Lessons after the fifth need all signals. */
export function phaseOf(lesson: number): number {
  return Math.min(lesson, 5)
}

/** Whether claims of a lesson look at spans where the server sends them. */
export function needsSpans(lesson: number): boolean {
  return lesson === 4 || lesson === 5
}

/** How long to poll a server that somebody uses: its samples come once a second, and a rate needs several. */
export function pollTimeoutOf(lesson: number): number {
  return lesson > 5 ? 10_000 : 3000
}
