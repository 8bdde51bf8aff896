import { once } from 'node:events'
import { createServer as createHttp2Server } from 'node:http2'
import { type AddressInfo, createServer, type Server } from 'node:net'
import t from 'tap'
import { quickStart, startApp } from '../../testkit/app-process.ts'

const CANNOT_BE_SENT = 'traces cannot be sent; they are dropped until the backend is back'

/** Servers that accept connections but do not answer. */
const silentServers: Record<string, () => Server> = {
  'says nothing': () => createServer((socket) => socket.on('error', () => {}).resume()),
  'answers the handshake of HTTP/2 and nothing else': () =>
    createHttp2Server()
      .on('session', (session) => session.on('error', () => {}))
      .on('stream', (stream) => stream.on('error', () => {})),
}

for (const [phase, silence] of [
  [4, 'says nothing'],
  [5, 'says nothing'],
  [5, 'answers the handshake of HTTP/2 and nothing else'],
] as const) {
  t.test(`phase ${phase}, a backend that ${silence}: one warning soon, and a quick end`, async (t) => {
    const server = silentServers[silence]?.() as Server
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const sockets = new Set<{ destroy(): void }>()
    server.on('connection', (socket) => sockets.add(socket))
    t.teardown(() => {
      server.close()
      for (const socket of sockets) socket.destroy()
    })
    const { port } = server.address() as AddressInfo
    const endpoint = `http://127.0.0.1:${port}${phase === 4 ? '/api/traces' : ''}`
    const app = await startApp(t, {
      env: {
        ...quickStart,
        PHASE: String(phase),
        OTEL_EXPORTER_JAEGER_ENDPOINT: endpoint,
        OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      },
    })
    const fetchExternal = async () => t.equal((await fetch(`${app.url}/external`)).status, 200)
    await fetchExternal()
    const began = Date.now()
    const warning = await app.waitForLogLine('the warning', ({ message }) => message === CANNOT_BE_SENT, {
      timeout: 20_000,
    })
    const seconds = (Date.parse(String(warning.time)) - began) / 1000
    t.ok(seconds <= 10.5, `the warning came after ${seconds} s`)

    await fetchExternal()
    const { code, ms } = await app.stop()
    t.equal(code, 0)
    t.ok(ms < 2000, `it took ${ms} ms to end`)
    const lines = (await app.logLines()).filter(({ service }) => service !== 'partner')
    t.equal(lines.filter(({ level }) => level === 'warn').length, 1)
    const last = lines.find(({ message }) => message === 'traces could not be sent until the process ended')
    t.equal(last?.dropped, 6, 'two requests of three spans')
  })
}
