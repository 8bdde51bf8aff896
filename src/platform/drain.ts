import type { Socket } from 'node:net'
import fastifyPlugin from 'fastify-plugin'

/**
 * Lets a closing server end as soon as its last request does. Node closes connections that are idle at
 * the moment of `close()`. Two kinds would still hold the process until the client drops them: one that
 * is busy then, which is kept alive after its answer, and one that has never sent a request, which
 * browsers open in advance.
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
        // Not at once: a request may be on its way.
        if (++sweeps >= 10) for (const socket of silent) socket.destroy()
      }, SWEEP_MS)
      app.server.once('close', () => clearInterval(timer))
    })
  },
  { name: 'drain' },
)

const SWEEP_MS = 20
