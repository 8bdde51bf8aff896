import {
  type Attributes,
  context,
  type Link,
  type Span,
  type SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { ATTR_ERROR_TYPE } from '@opentelemetry/semantic-conventions'
import type { FastifyInstance } from 'fastify'
import { listen } from '../1-logging/listen.ts'
import { bindScope } from '../2-request-logging/bind-scope.ts'
import { scopes } from '../2-request-logging/request-scope.ts'
import type { Progress, Tracing } from '../announcements.ts'
import { APP_NAME } from '../app-name.ts'
import { scopeWith } from './context-manager.ts'
import { INSTRUMENTATION_VERSION } from './instrumentation.ts'
import { errorType, recordError } from './record-error.ts'
import type {} from './tracer-provider.ts'

/** The parts of a span that are known at its start. */
export interface SpanDescription {
  readonly name: string
  readonly kind: SpanKind
  readonly attributes?: Attributes
}

/**
 * Creates a span for each piece of announced work. `bindScope` makes it the current span while the work runs, so spans
 * that the work creates become its children.
 *
 * @param linksOf returns links to the spans that share the work: a span has only one parent
 * @returns a function that returns the span of a piece of work; undefined if it has none
 */
export function spanFor<T extends object>(
  app: FastifyInstance,
  channel: Tracing<T>,
  describe: (message: T) => SpanDescription,
  finish?: (span: Span, message: T & Progress) => void,
  linksOf: (message: T) => Link[] = () => [],
): (message: T) => Span | undefined {
  const tracer = app.tracerProvider.getTracer(APP_NAME, INSTRUMENTATION_VERSION)
  const spans = new WeakMap<object, Span>()

  function start(message: T) {
    const parent = context.active()
    const links = linksOf(message)
    // Work outside any request (at start-up, for a scrape) gets no trace, unless several requests share it.
    if (links.length === 0 && trace.getSpan(parent) === undefined) return scopes.getStore()
    const description = describe(message)
    const span = tracer.startSpan(description.name, { ...description, links }, parent)
    spans.set(message, span)
    return scopeWith(trace.setSpan(parent, span))
  }

  bindScope(app, channel, start)
  listen(app, channel.asyncEnd, (message) => {
    const span = spans.get(message)
    if (span === undefined) return
    if (message.error) fail(span, message.error as Error)
    finish?.(span, message)
    span.end()
  })
  return (message) => spans.get(message)
}

/** Marks a span as failed and records the error. */
export function fail(span: Span, error: Error): void {
  recordError(span, error)
  span.setAttribute(ATTR_ERROR_TYPE, errorType(error))
  span.setStatus({ code: SpanStatusCode.ERROR, message: error.message })
}
