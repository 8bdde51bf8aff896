import { type Signal, useSignal } from '@preact/signals'

/** Runs what a button does, and keeps the message of what failed. */
export function useAction(): { readonly problem: Signal<string | null>; run(work: () => Promise<unknown>): void } {
  const problem = useSignal<string | null>(null)
  return {
    problem,
    run(work) {
      problem.value = null
      work().catch((error: Error) => {
        problem.value = error.message
      })
    },
  }
}
