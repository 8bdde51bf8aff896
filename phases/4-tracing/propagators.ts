import type { TextMapPropagator } from '@opentelemetry/api'
import { CompositePropagator, getStringListFromEnv, W3CBaggagePropagator } from '@opentelemetry/core'
import { TraceContextPropagator } from './trace-context.ts'

const PROPAGATORS: Readonly<Record<string, () => TextMapPropagator>> = {
  tracecontext: () => new TraceContextPropagator(),
  baggage: () => new W3CBaggagePropagator(),
}

/** How context travels in headers: what `OTEL_PROPAGATORS` names, each once, or what is given. */
export function propagatorOr(usual: TextMapPropagator): TextMapPropagator {
  const names = getStringListFromEnv('OTEL_PROPAGATORS')
  if (names === undefined) return usual
  const propagators = [...new Set(names)].flatMap((name) => PROPAGATORS[name]?.() ?? [])
  return new CompositePropagator({ propagators })
}
