import { AsyncLocalStorage } from 'node:async_hooks'

/** Nobody waits for the answer any more, so the work for it was not done. */
export class CallEnded extends Error {
  override readonly name = 'CallEnded'

  constructor() {
    super('Nobody waits for the answer any more.')
  }
}

const current = new AsyncLocalStorage<() => boolean>()

/**
 * Runs `work` on behalf of a caller: once nobody waits for its answer any more, it sends no more statements.
 *
 * @param isOver tells whether that is so, for good
 */
export function onBehalfOf<R>(isOver: () => boolean, work: () => R): R {
  return current.run(isOver, work)
}

/** Whether this runs on behalf of a caller who does not wait any more. */
export function isCancelled(): boolean {
  return current.getStore()?.() === true
}
