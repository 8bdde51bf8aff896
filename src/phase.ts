import { readdir } from 'node:fs/promises'
import type { FastifyBaseLogger, FastifyPluginAsync, FastifyPluginCallback } from 'fastify'
import { type Config, ConfigError } from './config.ts'
import type { LabFeed } from './lab/feed.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `false`: requests to this route are no part of what is observed. They are not logged, counted or traced. */
    readonly observed?: boolean
  }
}

/** What every plugin of a phase is given, beside its own options. */
export interface PhaseOptions {
  readonly config: Config
  /** What to show in the Lab as well; undefined when it is off. */
  readonly lab?: LabFeed | undefined
}

// biome-ignore lint/suspicious/noExplicitAny: each plugin states its own options
type Plugin = FastifyPluginCallback<any> | FastifyPluginAsync<any>

/** A plugin, or a plugin with its options. Plugins use `fastify-plugin`, so that they see every route. */
export type PhasePlugin = Plugin | readonly [plugin: Plugin, options: Readonly<Record<string, unknown>>]

/** One step of the course: what it adds to the bare server. */
export interface Phase {
  readonly number: number
  readonly title: string
  /** Fastify takes its logger at construction, so a phase brings it apart from its plugins. */
  readonly logger?: (options: PhaseOptions) => FastifyBaseLogger
  /** Registered in this order, before the routes. */
  readonly plugins: readonly PhasePlugin[]
}

/** Lets TypeScript check a phase where it is written; gives it back unchanged. */
export function definePhase(phase: Phase): Phase {
  return phase
}

const bareServer = definePhase({ number: 0, title: 'The bare server', plugins: [] })

/**
 * Finds the folder `phases/N-…` and gives the phase that its `index` exports.
 *
 * @throws ConfigError when there is no such phase.
 */
export async function loadPhase(number: number): Promise<Phase> {
  if (number === 0) return bareServer
  const phases = new URL('../phases/', import.meta.url)
  const folder = (await readdir(phases)).find((name) => name.startsWith(`${number}-`))
  if (folder === undefined)
    throw new ConfigError('PHASE', `${number} is not a phase`, 'Set PHASE to a number from 0 to 5.')
  const module = (await import(new URL(`${folder}/index.js`, phases).href)) as { default: Phase }
  return module.default
}
