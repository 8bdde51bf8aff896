import { type Context, type ContextManager, ROOT_CONTEXT } from '@opentelemetry/api'
import { currentFields, type Scope, scopes } from '../2-request-logging/request-scope.ts'

declare module '../2-request-logging/request-scope.ts' {
  interface Scope {
    /** OpenTelemetry's context: which span is the current one, and the caller's baggage. */
    context?: Context
  }
}

/** The same scope, but with another context. */
export function scopeWith(context: Context): Scope {
  return { fields: currentFields(), app: scopes.getStore()?.app, context }
}

/**
 * What `context.active()` and `context.with()` of the OpenTelemetry API use. The SDK has one of its own
 * with a second `AsyncLocalStorage`, and each of them costs a little on everything that is asynchronous.
 */
export const contextManager: ContextManager = {
  active: () => scopes.getStore()?.context ?? ROOT_CONTEXT,
  with: (context, work, self, ...args) => scopes.run(scopeWith(context), () => work.apply(self as never, args)),
  bind(context, target) {
    if (typeof target !== 'function') return target
    return ((...args: unknown[]) => scopes.run(scopeWith(context), () => target(...args))) as typeof target
  },
  enable() {
    return this
  },
  disable() {
    return this
  },
}
