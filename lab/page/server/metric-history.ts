import { signal } from '@preact/signals'
import type { Exemplar, Metrics, Sample } from '../../wire.ts'

const MAX_SAMPLES = 900
const MAX_EXEMPLARS = 500

/** One a second, oldest first. */
export const samples = signal<readonly Sample[]>([])
/** Upper bounds of the duration's buckets, in seconds; null is +Inf. */
export const bounds = signal<readonly (number | null)[]>([])
/** Oldest first. */
export const exemplars = signal<readonly Exemplar[]>([])

export function setMetrics(metrics: Metrics): void {
  samples.value = metrics.samples.slice(-MAX_SAMPLES)
  exemplars.value = metrics.exemplars.slice(-MAX_EXEMPLARS)
  bounds.value = metrics.bounds
}

export function addSample(sample: Sample, added: readonly Exemplar[]): void {
  if (sample.time <= (samples.value.at(-1)?.time ?? 0)) return
  samples.value = [...samples.value, sample].slice(-MAX_SAMPLES)
  if (added.length > 0) exemplars.value = [...exemplars.value, ...added].slice(-MAX_EXEMPLARS)
}

export function clearMetrics(): void {
  samples.value = []
  exemplars.value = []
  bounds.value = []
}
