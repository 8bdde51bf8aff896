import type { Socket } from 'node:net'
import fastifyPlugin from 'fastify-plugin'

/**
 * Closes a server as soon as its last request has ended. Node closes the connections that are idle when `close()` is
 * called. Two other kinds would keep the process alive until the client drops them: connections that were busy then and
 * stay open after the response, and connections without any request, which browsers open in advance.
 */
export const drain = fastifyPlugin(
  async (app) => {
    const silent = new Set<Socket>()
    app.server.on('connection', (socket: Socket) => {
      silent.add(socket)
      socket.once('close', () => silent.delete(socket))
    })
    app.server.on('request', ({ socket }) => silent.delete(socket))

    app.addHook('preClose', async () => {
      let sweeps = 0
      const timer = setInterval(() => {
        app.server.closeIdleConnections()
        // After a delay, because a first request may be on its way.
        if (++sweeps >= 10) for (const socket of silent) socket.destroy()
      }, SWEEP_MS)
      app.server.once('close', () => clearInterval(timer))
    })
  },
  { name: 'drain' },
)

const SWEEP_MS = 20
