import type { FastifyPluginAsync } from 'fastify'
import type { Random } from './random.ts'

/** Options of a fault's plugin. */
export interface FaultOptions<P> {
  readonly parameters: P
  /** Calls `work` when the incident begins. Until then the app must behave normally. */
  onBegin(work: () => void | Promise<void>): void
}

/**
 * A deliberate fault: a plugin that is registered after those of the phase and before the routes. It may add hooks, and
 * once the app is ready replace methods of its decorators, such as `app.course.catalog.getCourse`. Nothing in `src/` or
 * `phases/` knows about it.
 */
export interface Fault<P> {
  /** Details that differ from run to run. The same seed gives the same parameters. */
  parameters(random: Random): P
  readonly plugin: FastifyPluginAsync<FaultOptions<P>>
}

/** What differs from run to run of a fault. */
export type ParametersOf<F> = F extends Fault<infer P> ? P : never
