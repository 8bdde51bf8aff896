import type { TextMapPropagator } from '@opentelemetry/api'
import { CompositePropagator, getStringListFromEnv, W3CBaggagePropagator } from '@opentelemetry/core'
import { TraceContextPropagator } from './trace-context.ts'

const PROPAGATORS: Readonly<Record<string, () => TextMapPropagator>> = {
  tracecontext: () => new TraceContextPropagator(),
  baggage: () => new W3CBaggagePropagator(),
}

/** The propagators that `OTEL_PROPAGATORS` names, without duplicates; `fallback` if it is unset. */
export function propagatorOr(fallback: TextMapPropagator): TextMapPropagator {
  const names = getStringListFromEnv('OTEL_PROPAGATORS')
  if (names === undefined) return fallback
  const propagators = [...new Set(names)].flatMap((name) => PROPAGATORS[name]?.() ?? [])
  return new CompositePropagator({ propagators })
}
