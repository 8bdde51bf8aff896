import type { FastifyBaseLogger, FastifyPluginAsync, FastifyPluginCallback } from 'fastify'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `false`: requests to this route are not logged, counted or traced. */
    readonly observed?: boolean
    /**
     * `false`: requests to this route are logged and counted, but not traced. Use it for routes that machines call every
     * few seconds, such as health checks: their traces would bury the others.
     */
    readonly traced?: boolean
  }
}

/** The settings that phases read, named like their environment variables. */
export interface PhaseConfig {
  readonly LOG_LEVEL: string
  /** A path, relative to the working directory; empty for no file. */
  readonly LOG_FILE: string
  /** The file is rotated when it reaches this size, in bytes. */
  readonly LOG_FILE_MAX_BYTES: number
  /** How many files are kept, including the current one. */
  readonly LOG_FILE_COUNT: number
  readonly OTEL_SERVICE_NAME: string
  /** Attributes by name, percent-decoded. */
  readonly OTEL_RESOURCE_ATTRIBUTES: Readonly<Record<string, string>>
}

/** Options that every plugin of a phase receives, in addition to its own. */
export interface PhaseOptions {
  readonly config: PhaseConfig
}

// biome-ignore lint/suspicious/noExplicitAny: each plugin states its own options
type Plugin = FastifyPluginCallback<any> | FastifyPluginAsync<any>

/** A plugin, or a plugin with its options. Plugins are wrapped in `fastify-plugin`, so their hooks see every route. */
export type PhasePlugin = Plugin | readonly [plugin: Plugin, options: Readonly<Record<string, unknown>>]

/** The telemetry that a phase adds to a Fastify server. */
export interface Phase {
  readonly number: number
  readonly title: string
  /** Creates the logger. It is apart from the plugins, because Fastify takes its logger at construction. */
  readonly logger?: ((options: PhaseOptions) => FastifyBaseLogger) | undefined
  /** Registered in this order, before the routes. */
  readonly plugins: readonly PhasePlugin[]
}

/** Returns the phase unchanged; TypeScript checks it where it is written. */
export function definePhase(phase: Phase): Phase {
  return phase
}
