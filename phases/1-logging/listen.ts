import type { Channel } from 'node:diagnostics_channel'
import type { FastifyInstance } from 'fastify'

/**
 * Calls `listener` with each message on the channel, until the server closes.
 *
 * https://nodejs.org/api/diagnostics_channel.html
 */
export function listen<T>(app: FastifyInstance, channel: Channel<unknown, T>, listener: (message: T) => void): void {
  const onMessage = listener as (message: unknown) => void
  channel.subscribe(onMessage)
  app.addHook('onClose', async () => {
    channel.unsubscribe(onMessage)
  })
}
