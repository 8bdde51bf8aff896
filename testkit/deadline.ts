/** What a deadline's promise gives when time is up. */
export const expired = Symbol('expired')

export interface Deadline {
  /** Resolves when time is up; never, if the deadline is cancelled before. */
  readonly passed: Promise<typeof expired>
  cancel(): void
}

/** @param ms milliseconds from now */
export function deadline(ms: number): Deadline {
  let timer: NodeJS.Timeout | undefined
  const passed = new Promise<typeof expired>((resolve) => {
    timer = setTimeout(resolve, ms, expired)
  })
  return { passed, cancel: () => clearTimeout(timer) }
}
