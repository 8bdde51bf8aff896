import type { FastifyInstance } from 'fastify'
import type { Progress, Tracing } from '../announcements.ts'
import { listen } from './listen.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Whether the current work may belong to this app. Announcements reach all apps of a process. From phase 2 on, the
     * work of a request is known to belong to the app that serves it.
     */
    isOwnWork?(): boolean
  }
}

/**
 * Calls `listener` each time announced work of this app has succeeded or failed, until the server closes.
 *
 * @param listener receives the announcement and how long the work took, in milliseconds
 */
export function onEnd<T extends object>(
  app: FastifyInstance,
  channel: Tracing<T>,
  listener: (announcement: T & Progress, latency: number) => void,
): void {
  listen(app, channel.asyncEnd, (message) => {
    if (app.isOwnWork?.() === false) return
    listener(message, milliseconds(performance.now() - (message.startedAt as number)))
  })
}

/** Rounds milliseconds to the microsecond. More digits are noise; fewer make all fast work look alike. */
export function milliseconds(duration: number): number {
  return Math.round(duration * 1000) / 1000
}
