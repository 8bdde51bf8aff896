import { postJson } from '../server/api.ts'
import { state } from '../server/server-state.ts'

const TIMEOUT_MS = 30_000

/**
 * Restarts the server in a phase, with variables of the environment, and waits until the page follows the new one.
 *
 * @throws when it does not come, or comes in another phase
 */
export async function restartIn(phase: number, settings: Readonly<Record<string, string>>): Promise<void> {
  const before = state.value?.instance
  await postJson('learn/phase', { phase, settings })
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(
      () => finish(new Error('The server has not come back. Its terminal says why.')),
      TIMEOUT_MS,
    )
    const unsubscribe = state.subscribe((now) => {
      if (now === null || now.instance === before) return
      const isWanted = now.phase.number === phase
      queueMicrotask(() =>
        finish(isWanted ? null : new Error(`Phase ${phase} did not start: phase ${now.phase.number} runs again.`)),
      )
    })
    function finish(error: Error | null): void {
      clearTimeout(timer)
      unsubscribe()
      if (error === null) resolve()
      else reject(error)
    }
  })
}
