import type { FastifyInstance } from 'fastify'
import type { Tracing } from '../announcements.ts'
import { type Scope, scopes } from './request-scope.ts'

type ScopeOf = (message: unknown) => Scope | undefined

interface Bound {
  readonly byApp: Map<FastifyInstance, ScopeOf>
  /** The function of the app that was built last. */
  newest: ScopeOf | undefined
}

/** The functions that the apps of this process have bound, by channel. */
const channels = new WeakMap<object, Bound>()

/**
 * Runs announced work in the scope that `scopeOf` returns, until the server closes.
 *
 * A channel binds one function to a store, so several apps in a process share that function. It calls the `scopeOf` of
 * the app whose request the work belongs to. For work outside any request it calls that of the app built last.
 *
 * https://nodejs.org/api/diagnostics_channel.html#channelbindstorestore-transform
 */
export function bindScope<T extends object>(
  app: FastifyInstance,
  { start }: Tracing<T>,
  scopeOf: (message: T) => Scope | undefined,
): void {
  const bound: Bound = channels.get(start) ?? { byApp: new Map(), newest: undefined }
  channels.set(start, bound)
  bound.byApp.set(app, scopeOf as ScopeOf)
  bound.newest = scopeOf as ScopeOf

  const choose: ScopeOf = (message) => {
    const scope = scopes.getStore()
    const chosen = scope?.app === undefined ? bound.newest : bound.byApp.get(scope.app)
    return chosen === undefined ? scope : chosen(message)
  }
  start.bindStore(scopes as never, choose as never)
  app.addHook('onClose', async () => {
    bound.byApp.delete(app)
    bound.newest = [...bound.byApp.values()].at(-1)
    if (bound.byApp.size === 0) start.unbindStore(scopes as never)
  })
}
