/** The value of a deadline's promise once it has passed. */
export const expired = Symbol('expired')

export interface Deadline {
  /** Resolves at the deadline; never if it is cancelled first. */
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
