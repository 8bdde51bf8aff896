import { trace } from '@opentelemetry/api'
import { getNumberFromEnv, getStringFromEnv } from '@opentelemetry/core'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node'

/**
 * Samples every root span that has links: it does work for other traces, which would lack it otherwise. `sampler`
 * decides for all other spans.
 *
 * https://opentelemetry.io/docs/specs/otel/trace/sdk/#shouldsample
 */
export function keepingLinked(sampler: Sampler): Sampler {
  return {
    shouldSample(context, traceId, name, kind, attributes, links) {
      const isSharedWork = links.length > 0 && trace.getSpan(context) === undefined
      if (isSharedWork) return { decision: SamplingDecision.RECORD_AND_SAMPLED }
      return sampler.shouldSample(context, traceId, name, kind, attributes, links)
    },
    toString: () => `KeepingLinked{${sampler}}`,
  }
}

/**
 * The sampler that `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG` describe. The SDK reads them too, but does not
 * export its sampler for others to wrap. `otelVariables` has removed unknown names.
 *
 * https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#general-sdk-configuration
 */
export function samplerFromEnvironment(): Sampler {
  const name = getStringFromEnv('OTEL_TRACES_SAMPLER') ?? 'parentbased_always_on'
  const root = SAMPLERS[name.replace(/^parentbased_/, '')]?.() ?? new AlwaysOnSampler()
  return name.startsWith('parentbased_') ? new ParentBasedSampler({ root }) : root
}

const SAMPLERS: Readonly<Record<string, () => Sampler>> = {
  always_on: () => new AlwaysOnSampler(),
  always_off: () => new AlwaysOffSampler(),
  traceidratio: () => new TraceIdRatioBasedSampler(getNumberFromEnv('OTEL_TRACES_SAMPLER_ARG') ?? 1),
}
