import { inspect } from 'node:util'
import closeWithGrace from 'close-with-grace'
import type { FastifyInstance } from 'fastify'
import { endWithNpm } from './end-with-npm.ts'

/** Longer than the longest request (`/slow?ms=10000`). */
const GRACE_MS = 15_000

export interface ShutdownOptions {
  /** Whether there may be requests in flight. Before that, closing would have to wait for the start. */
  readonly isReady: () => boolean
  /** Whether the app has a log. Phase 0 has none, so fatal errors go to stderr. */
  readonly hasLog: boolean
}

/**
 * On SIGTERM, SIGINT, SIGHUP and on an uncaught error, closes the app, which finishes the requests in flight, and exits.
 * The exit code is 1 after an error, after a second signal and when closing takes too long, else 0. Each of these is
 * logged, and so is every error while the app closes.
 */
export function shutDownWithGrace(app: FastifyInstance, { isReady, hasLog }: ShutdownOptions): void {
  let failed = false
  let closing = false

  function fail(message: string, thrown?: unknown): void {
    failed = true
    const err = thrown === undefined || thrown instanceof Error ? thrown : new Error(`${inspect(thrown)} was thrown`)
    if (hasLog) app.log.fatal({ err }, message)
    else process.stderr.write(`${message}${err ? `: ${err.stack}` : ''}\n`)
  }

  const { close } = closeWithGrace(
    {
      delay: GRACE_MS,
      logger: false,
      skip: ['uncaughtException', 'unhandledRejection'], // at the second one it would exit silently
      onSecondSignal: (signal) => app.log.warn({ signal }, 'a second signal: requests in flight are cut off'),
      onTimeout: (ms) => fail(`requests in flight are cut off: the server has not closed within ${ms} ms`),
    },
    async ({ signal }) => {
      closing = true
      if (signal) app.log.info({ signal }, 'shutting down')
      try {
        if (isReady()) await app.close()
      } catch (error) {
        fail('the server could not be closed', error)
      }
      if (failed) process.exit(1)
    },
  )

  function onError(thrown: unknown): void {
    const isFirst = !closing
    fail(isFirst ? 'the process cannot go on' : 'an error while the process ends', thrown ?? String(thrown))
    if (isFirst) void close()
  }
  process.on('uncaughtException', onError)
  process.on('unhandledRejection', onError)
  // A child process ends with its parent instead.
  if (!process.send) endWithNpm()
}
