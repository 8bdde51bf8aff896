import { announce, announceEnd, channels } from '../../phases/announcements.ts'
import { system } from './statement.ts'

/** Announces the wait for a connection while `wait` lasts. */
export function announceWait<R>(wait: () => Promise<R>): Promise<R> {
  return announce(channels.connection, { system, waited: true }, wait)
}

/** Announces that a connection was free: a wait of no time. */
export function announceNoWait(): void {
  announceEnd(channels.connection, { system, waited: false })
}
