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
 * What `context.active()` and `context.with()` of the OpenTelemetry API use. It keeps the context in the scope that
 * phase 2 keeps its fields in, so announced work gets both at once. The SDK's `AsyncLocalStorageContextManager` would be
 * a second `AsyncLocalStorage`, and Node 20 copies each of them at every `await`.
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
