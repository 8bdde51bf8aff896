import type { FastifyInstance } from 'fastify'
import type { Progress, Tracing } from '../announcements.ts'
import { listen } from './listen.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Whether what is being done right here may be work of this app. Announcements reach all apps of a process;
     * from phase 2 on a request's work is known to belong to the app that serves it.
     */
    isOwnWork?(): boolean
  }
}

/**
 * Calls `listener` each time that announced work has ended, well or badly, until the server closes.
 *
 * @param listener gets the announcement and how long the work took, in milliseconds.
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

/** Rounded to the microsecond: more digits are noise, fewer make everything fast look alike. */
export function milliseconds(duration: number): number {
  return Math.round(duration * 1000) / 1000
}
