import {
  type Server,
  ServerCredentials,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js'
import type { FastifyBaseLogger } from 'fastify'
import fp from 'fastify-plugin'
import { type Config, ConfigError } from '../../config.ts'
import { fromHere } from '../from-here.ts'
import { announceCalls, type MethodName } from './announced-call.ts'
import { logGrpcTo } from './grpc-log.ts'
import { Health, type Readiness } from './health.ts'
import { addReflection } from './reflection.ts'
import { closeUnresponsiveConnections, createStrictServer } from './strict-server.ts'
import { Malformed } from './unary.ts'
import { Utf8Reader } from './utf8-reader.ts'

declare module 'fastify' {
  interface FastifyInstance {
    grpc: GrpcServer
  }
}

/** Longer than any reasonable call, shorter than the limit of the whole shutdown. */
const GRACE_MS = 10_000

const LIMITS = {
  /** Bytes of a request, as over HTTP. A larger one gets RESOURCE_EXHAUSTED before it is read. */
  'grpc.max_receive_message_length': 64 * 1024,
  /** Concurrent calls on one connection; the client queues further calls. */
  'grpc.max_concurrent_streams': 1000,
  // Detects clients that have vanished, and closes idle connections.
  'grpc.keepalive_time_ms': 60_000,
  'grpc.keepalive_timeout_ms': 20_000,
  'grpc.max_connection_idle_ms': 300_000,
  // channelz statistics, unused here: a fifth of the time of a short call.
  'grpc.enable_channelz': 0,
}

/** Bytes of a call's metadata: Node.js's limit for the headers of an HTTP request. */
const MAX_METADATA_BYTES = 16 * 1024

/** OpenTelemetry's placeholder for an unknown value. */
const OTHER = '_OTHER'

/** The gRPC server of an app: its services, health and reflection on one port, from `listen` until the app closes. */
export class GrpcServer {
  readonly #server: Server
  readonly #methods: ReadonlyMap<string, object>
  /** Paths of methods that are not announced: health and reflection. */
  readonly #unannounced: ReadonlySet<string>
  readonly #services: string[] = []
  readonly #health: Health
  readonly #config: Pick<Config, 'HOST' | 'GRPC_PORT'>
  readonly #log: FastifyBaseLogger
  #ownAddress = ''

  constructor(config: Pick<Config, 'HOST' | 'GRPC_PORT'>, readiness: Readiness, log: FastifyBaseLogger) {
    this.#config = config
    this.#log = log
    logGrpcTo(log)
    const interceptors = [announceCalls((path) => this.#nameOf(path))]
    const { server, methods } = createStrictServer({ ...LIMITS, interceptors }, MAX_METADATA_BYTES)
    this.#server = server
    this.#methods = methods
    this.#health = new Health({ '': readiness })
    this.#health.addTo(server)
    addReflection(server, () => this.#services)
    this.#unannounced = new Set(methods.keys())
  }

  /**
   * Adds a service. Call it before `listen`.
   *
   * @param name its full name: `course.v1.CatalogService`
   * @param readiness resolves when the service is ready, for the health service
   */
  addService(
    name: string,
    definition: ServiceDefinition,
    handlers: UntypedServiceImplementation,
    readiness: Readiness,
  ): void {
    this.#server.addService(adapted(definition), handlers)
    this.#services.push(name)
    this.#health.add(name, readiness)
  }

  /**
   * @returns the address for clients on this machine, with the actual port: `127.0.0.1:9900`
   * @throws ConfigError when it cannot listen there
   */
  async listen(): Promise<string> {
    const { HOST, GRPC_PORT } = this.#config
    const host = HOST.includes(':') ? `[${HOST}]` : HOST
    try {
      const port = await this.#bind(`${host}:${GRPC_PORT}`)
      this.#log.info(`gRPC server listening at ${host}:${port}`)
      this.#ownAddress = `${fromHere(host)}:${port}`
      return this.#ownAddress
    } catch (error) {
      throw explain(error as Error, HOST, GRPC_PORT)
    }
  }

  /** The address of this server for its own process; empty until it listens. */
  get ownAddress(): string {
    return this.#ownAddress
  }

  /** Only names of this program, which bounds the number of values. */
  #nameOf(path: string): MethodName | undefined {
    if (this.#unannounced.has(path)) return undefined
    const [, service = '', method = ''] = path.split('/')
    if (this.#methods.has(path)) return { service, method }
    return {
      service: this.#services.includes(service) ? service : OTHER,
      method: OTHER,
      originalMethod: path.replace(/^\//, ''),
    }
  }

  #bind(address: string): Promise<number> {
    return new Promise<number>((resolve, reject) => {
      this.#server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => {
        if (error) return reject(error)
        closeUnresponsiveConnections(this.#server)
        resolve(port)
      })
    })
  }

  /** Stops accepting calls, waits for those in flight, and cuts off the rest after ten seconds. */
  close(): Promise<void> {
    this.#health.close()
    return new Promise((resolve) => {
      const late = setTimeout(() => this.#server.forceShutdown(), GRACE_MS)
      this.#server.tryShutdown(() => {
        clearTimeout(late)
        resolve()
      })
    })
  }
}

/** Decorates the app with `app.grpc`, and closes it with the app: before the database, while HTTP drains. */
export const grpcServer = fp<{ config: Config; readiness: Readiness }>(
  async (app, { config, readiness }) => {
    const server = new GrpcServer(config, readiness, app.log)
    app.decorate('grpc', server)
    let closing: Promise<void> | undefined
    // Starts in `preClose`, in parallel to draining HTTP, and is awaited before its dependencies are closed.
    app.addHook('preClose', async () => {
      closing = server.close()
    })
    app.addHook('onClose', () => closing)
  },
  { name: 'grpc-server' },
)

function adapted(definition: ServiceDefinition): ServiceDefinition {
  return Object.fromEntries(
    Object.entries(definition).map(([name, method]) => [
      name,
      {
        ...method,
        requestDeserialize: (bytes: Buffer) => readOrMalformed(method.requestDeserialize, bytes),
        responseSerialize: (message: object) => writeOnce(method.responseSerialize, message),
      },
    ]),
  )
}

/** Passes a malformed request to its handler, which answers it like any invalid request. */
function readOrMalformed(read: (bytes: Buffer) => object, bytes: Buffer): object {
  try {
    // protobufjs accepts a reader instead of bytes; proto-loader's type does not say so.
    return read(new Utf8Reader(bytes) as unknown as Buffer)
  } catch (error) {
    return new Malformed((error as Error).message)
  }
}

const written = new WeakMap<object, Buffer>()

/** A frozen message cannot change, so it is serialised once for all calls. */
function writeOnce(write: (message: object) => Buffer, message: object): Buffer {
  if (!Object.isFrozen(message)) return write(message)
  const known = written.get(message)
  if (known !== undefined) return known
  const bytes = write(message)
  written.set(message, bytes)
  return bytes
}

/** grpc-js describes the failure only in the message. */
function explain(error: Error, host: string, port: number): Error {
  if (/EADDRINUSE/.test(error.message)) {
    return new ConfigError('GRPC_PORT', `${port} is in use`, 'Stop what uses it, or set GRPC_PORT to another number.')
  }
  if (/EACCES/.test(error.message)) {
    return new ConfigError('GRPC_PORT', `${port} needs privileges`, 'Set GRPC_PORT to 1024 or more.')
  }
  if (/EADDRNOTAVAIL|ENOTFOUND|Name resolution failed/.test(error.message)) {
    return new ConfigError('HOST', `${host} is not an address of this machine`, 'Set HOST to 127.0.0.1 or 0.0.0.0.')
  }
  return error
}
