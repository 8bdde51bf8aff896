import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { type Config, loadConfig } from '../../src/config.ts'
import { loadPhase } from '../../src/load-phase.ts'
import { addPhase, createServer } from '../../src/platform/server.ts'

export interface LocalServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  readonly port: number
  readonly app: FastifyInstance
}

/** The bare server of phase 0 with the test's own routes, in this process, on a free port. */
export async function localServer(
  t: Pick<Test, 'teardown'>,
  register: (app: FastifyInstance) => unknown,
  settings: Partial<Config> = {},
): Promise<LocalServer> {
  const config = bareConfig(settings)
  const phase = await loadPhase(0)
  const app = createServer({ config }, phase)
  addPhase(app, { config }, phase)
  await register(app)
  t.teardown(() => app.close())
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, port, app }
}

/**
 * The settings of a server in the test's process: a free port and no log. The overload guard is off, because the test
 * shares the event loop.
 */
export function bareConfig(settings: Partial<Config> = {}): Config {
  const config = loadConfig(['--phase', '0', '--port', '0', '--log-file', ''])
  return { ...config, MAX_EVENT_LOOP_DELAY_MS: 0, ...settings }
}
