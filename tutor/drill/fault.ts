import type { FastifyPluginAsync } from 'fastify'
import type { Dice } from './dice.ts'

/** What a fault's plugin is given. */
export interface FaultOptions<P> {
  readonly parameters: P
  /** Calls `work` at the moment at which the incident begins. Until then the app is as it always is. */
  onBegin(work: () => void | Promise<void>): void
}

/**
 * Something that is wrong with the app, on purpose: a plugin that is registered after those of the phase and
 * before the routes. It may add hooks as any plugin may, and once the app is ready replace what the app is
 * decorated with, such as `app.course.catalog.getCourse`. Nothing in `src/` or `phases/` knows of it.
 */
export interface Fault<P> {
  /** What differs from run to run. The same dice give the same. */
  parameters(dice: Dice): P
  readonly plugin: FastifyPluginAsync<FaultOptions<P>>
}
