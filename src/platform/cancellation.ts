import { AsyncLocalStorage } from 'node:async_hooks'

/** The caller has cancelled or its deadline has passed, so the work was not done. */
export class CallEnded extends Error {
  override readonly name = 'CallEnded'

  constructor() {
    super('The caller no longer waits for the answer.')
  }
}

const current = new AsyncLocalStorage<() => boolean>()

/**
 * Runs `work` on behalf of a caller. Once the call has ended, `work` sends no further statements.
 *
 * @param isOver whether the call has ended
 */
export function onBehalfOf<R>(isOver: () => boolean, work: () => R): R {
  return current.run(isOver, work)
}

/** Whether the current work is on behalf of a call that has ended. */
export function isCancelled(): boolean {
  return current.getStore()?.() === true
}
