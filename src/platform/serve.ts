import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Phase } from '../../phases/phase.ts'
import { type Config, type ConfigDefaults, ConfigError, loadConfig } from '../config.ts'
import { loadPhase } from '../load-phase.ts'
import { fromHere } from './from-here.ts'
import { bypassProxyOnLoopback } from './no-proxy.ts'
import { shutDownWithGrace } from './shutdown.ts'

export interface Serving {
  readonly app: FastifyInstance
  readonly config: Config
  readonly phase: Phase
  /** The URL for clients on this machine, with the actual port. */
  readonly url: string
  /** The same for gRPC, `127.0.0.1:9900`; undefined for a server without it. */
  readonly grpcAddress: string | undefined
}

/**
 * Runs a server process: reads the configuration, builds the app and listens. On SIGTERM or SIGINT it stops accepting
 * connections, finishes the requests in flight, lets the plugins flush, and exits with 0. An invalid setting ends it with
 * one line on stderr and exit code 1.
 */
export async function serve(
  build: (config: Config, phase: Phase) => FastifyInstance,
  onListening: (serving: Serving) => void,
  defaults: ConfigDefaults = {},
): Promise<void> {
  try {
    onListening(await startServer(build, defaults))
  } catch (error) {
    process.stderr.write(`${failureIn(error)}\n`)
    process.exit(1)
  }
}

/**
 * Starts the server as `serve` does, and leaves it to the caller to say where it listens or why it does not.
 *
 * @throws ConfigError for an invalid setting, or whatever else kept the server from starting
 */
export async function startServer(
  build: (config: Config, phase: Phase) => FastifyInstance,
  defaults: ConfigDefaults = {},
): Promise<Serving> {
  // The reader may exit (`npm start | head`) or the disk fill up. The server continues.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  const config = loadConfig(process.argv.slice(2), defaults)
  bypassProxyOnLoopback()
  const phase = await loadPhase(config.PHASE)
  const app = build(config, phase)
  let isReady = false
  shutDownWithGrace(app, { isReady: () => isReady, hasLog: phase.logger !== undefined })
  await app.ready()
  isReady = true
  const { url, grpcAddress } = await listen(app, config)
  return { app, config, phase, url, grpcAddress }
}

/** What the terminal shows of an error that kept the server from starting. */
export function failureIn(error: unknown): string {
  const { name, message, stack } = error as Error
  // By its name, because phases have settings of their own and do not know this class.
  return name === 'ConfigError' ? message : (stack ?? String(error))
}

async function listen(app: FastifyInstance, { HOST, PORT }: Config): Promise<Pick<Serving, 'url' | 'grpcAddress'>> {
  try {
    // Before HTTP, so that gRPC is available once /livez answers.
    const grpcAddress = app.hasDecorator('grpc') ? await app.grpc.listen() : undefined
    await app.listen({ host: HOST, port: PORT, listenTextResolver: (address) => `server listening at ${address}` })
    const { address, family, port } = app.server.address() as AddressInfo
    const host = family === 'IPv6' ? `[${address}]` : address
    return { url: `http://${fromHere(host)}:${port}`, grpcAddress }
  } catch (error) {
    await app.close()
    throw explain(error as NodeJS.ErrnoException, HOST, PORT)
  }
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new ConfigError('PORT', `${port} is in use`, 'Stop what uses it, or set PORT to another number.')
    case 'EACCES':
      return new ConfigError('PORT', `${port} needs privileges`, 'Set PORT to 1024 or more.')
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new ConfigError('HOST', `${host} is not an address of this machine`, 'Set HOST to 127.0.0.1 or 0.0.0.0.')
    default:
      return error
  }
}
