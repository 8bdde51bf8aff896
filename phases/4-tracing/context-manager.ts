import { type Context, type ContextManager, ROOT_CONTEXT } from '@opentelemetry/api'
import { currentFields, type Scope, scopes } from '../2-request-logging/request-scope.ts'

declare module '../2-request-logging/request-scope.ts' {
  interface Scope {
    /** OpenTelemetry's context: the current span and the caller's baggage. */
    context?: Context
  }
}

/** A copy of the current scope with another context. */
export function scopeWith(context: Context): Scope {
  return { fields: currentFields(), app: scopes.getStore()?.app, context }
}

/**
 * Implements `context.active()` and `context.with()` of the OpenTelemetry API. It keeps the context in the scope of
 * phase 2, beside the fields, so announced work gets both at once. The SDK's `AsyncLocalStorageContextManager` would be
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
