import {
  type Context,
  isSpanContextValid,
  type SpanContext,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  TraceFlags,
  trace,
} from '@opentelemetry/api'
import { isTracingSuppressed } from '@opentelemetry/core'
import { RANDOM_TRACE_ID } from './random-trace-ids.ts'
import { parseTraceState } from './trace-state.ts'

/** version-traceid-parentid-flags. Versions after 00 may append fields; ff is invalid. */
const TRACEPARENT = /^(?!ff)([\da-f]{2})-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(-.*)?$/

/** Other flags have no meaning yet, so they are not passed on. */
const KNOWN_FLAGS = TraceFlags.SAMPLED | RANDOM_TRACE_ID

/**
 * Reads and writes the headers `traceparent` and `tracestate` of W3C Trace Context level 2. OpenTelemetry's own
 * `W3CTraceContextPropagator` is enough for most services. It implements level 1, which has no random flag, and it
 * passes on the valid part of a malformed `tracestate`.
 *
 * https://www.w3.org/TR/trace-context-2/
 */
export class TraceContextPropagator implements TextMapPropagator {
  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    const span = trace.getSpanContext(context)
    if (span === undefined || !isSpanContextValid(span) || isTracingSuppressed(context)) return
    const flags = span.traceFlags & KNOWN_FLAGS
    setter.set(carrier, 'traceparent', `00-${span.traceId}-${span.spanId}-0${flags}`)
    const state = span.traceState?.serialize()
    if (state) setter.set(carrier, 'tracestate', state)
  }

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    const parent = parseTraceparent(headerOf(carrier, 'traceparent', getter))
    if (parent === undefined) return context
    const traceState = parseTraceState(headerOf(carrier, 'tracestate', getter))
    return trace.setSpanContext(context, { ...parent, ...(traceState && { traceState }), isRemote: true })
  }

  fields(): string[] {
    return ['traceparent', 'tracestate']
  }
}

/** Joins repeated headers with commas. That makes a repeated `traceparent` malformed, as it should be. */
function headerOf(carrier: unknown, name: string, getter: TextMapGetter): string {
  const header = getter.get(carrier, name) ?? ''
  return typeof header === 'string' ? header : header.join(',')
}

function parseTraceparent(header: string): SpanContext | undefined {
  if (header === '') return undefined
  const [, version, traceId, spanId, flags, more] = TRACEPARENT.exec(header) ?? []
  if (traceId === undefined || spanId === undefined) return undefined
  if (version === '00' && more !== undefined) return undefined
  return { traceId, spanId, traceFlags: Number.parseInt(flags ?? '', 16) & KNOWN_FLAGS }
}
