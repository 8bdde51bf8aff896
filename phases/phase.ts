import type { FastifyBaseLogger, FastifyPluginAsync, FastifyPluginCallback } from 'fastify'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `false`: requests to this route are not logged, counted or traced. */
    readonly observed?: boolean
    /**
     * `false`: requests to this route are logged and counted, but not traced. It is for routes that machines call every
     * few seconds, such as health checks: their traces would bury the others.
     */
    readonly traced?: boolean
  }
}

/** The settings that phases read. Each is the environment variable of the same name. */
export interface PhaseConfig {
  readonly LOG_LEVEL: string
  /** A path, relative to the working directory; empty for no file. */
  readonly LOG_FILE: string
  /** A file that reaches this size is rotated. */
  readonly LOG_FILE_MAX_BYTES: number
  /** How many files are kept, the current one included. */
  readonly LOG_FILE_COUNT: number
  readonly OTEL_SERVICE_NAME: string
  /** By name, percent-decoded. */
  readonly OTEL_RESOURCE_ATTRIBUTES: Readonly<Record<string, string>>
}

/** What every plugin of a phase is given, beside its own options. */
export interface PhaseOptions {
  readonly config: PhaseConfig
}

// biome-ignore lint/suspicious/noExplicitAny: each plugin states its own options
type Plugin = FastifyPluginCallback<any> | FastifyPluginAsync<any>

/** A plugin, or a plugin with its options. Plugins use `fastify-plugin`, so that they see every route. */
export type PhasePlugin = Plugin | readonly [plugin: Plugin, options: Readonly<Record<string, unknown>>]

/** What a phase adds to the bare server. */
export interface Phase {
  readonly number: number
  readonly title: string
  /** Fastify takes its logger at construction, so a phase brings it apart from its plugins. */
  readonly logger?: ((options: PhaseOptions) => FastifyBaseLogger) | undefined
  /** Registered in this order, before the routes. */
  readonly plugins: readonly PhasePlugin[]
}

/** Lets TypeScript check a phase where it is written; gives it back unchanged. */
export function definePhase(phase: Phase): Phase {
  return phase
}
