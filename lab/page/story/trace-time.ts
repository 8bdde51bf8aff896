import type { Trace } from '../../wire.ts'

/** The position of a time within the trace, in percent. */
export function shareOf(time: number, trace: Pick<Trace, 'start' | 'duration'>): number {
  if (trace.duration === 0) return 0
  return Math.max(0, Math.min(100, ((time - trace.start) / trace.duration) * 100))
}
