import { AsyncLocalStorage } from 'node:async_hooks'

/** A call whose caller may stop to wait for the answer. */
export interface Cancellable {
  /** True from then on. */
  readonly cancelled: boolean
}

/** Nobody waits for the answer any more, so the work for it was not done. */
export class CallEnded extends Error {
  override readonly name = 'CallEnded'

  constructor() {
    super('Nobody waits for the answer any more.')
  }
}

const current = new AsyncLocalStorage<Cancellable | undefined>()

/** Runs `work` on behalf of a call: once that is cancelled, no statement is sent any more. */
export function onBehalfOf<R>(call: Cancellable, work: () => R): R {
  return current.run(call, work)
}

/** Runs work that others wait for too, so that it goes on without the call that began it. */
export function onBehalfOfAll<R>(work: () => R): R {
  return current.getStore() === undefined ? work() : current.run(undefined, work)
}

/** Whether the call on whose behalf this runs, if there is one, has been cancelled. */
export function isCancelled(): boolean {
  return current.getStore()?.cancelled === true
}
