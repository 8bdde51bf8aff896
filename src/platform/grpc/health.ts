import { type Server, type ServerUnaryCall, type ServerWritableStream, type sendUnaryData, status } from '@grpc/grpc-js'
import type { HealthDefinition } from '../../proto/grpc/health/v1/Health.ts'
import type { ReceivedHealthCheckRequest } from '../../proto/grpc/health/v1/HealthCheckRequest.ts'
import type { HealthCheckResponse } from '../../proto/grpc/health/v1/HealthCheckResponse.ts'
import { serviceDefinition } from './definitions.ts'

/** Resolves when a service is ready, and rejects when it is not. */
export type Readiness = () => Promise<unknown>

type ServingStatus = 'SERVING' | 'NOT_SERVING' | 'SERVICE_UNKNOWN'
type Watch = ServerWritableStream<ReceivedHealthCheckRequest, HealthCheckResponse>

/** How often a watched service is checked. */
const WATCH_MS = 1000

/**
 * The standard health service. Each response runs the checks, as `/readyz` does. Its calls are not announced: they are
 * frequent, and not the service's own work.
 *
 * https://grpc.io/docs/guides/health-checking/
 */
export class Health {
  readonly #readiness: Map<string, Readiness>
  readonly #watches = new Set<Watch>()
  #isClosing = false

  /** @param readiness by the full name of a service; empty: the server as a whole */
  constructor(readiness: Readonly<Record<string, Readiness>>) {
    this.#readiness = new Map(Object.entries(readiness))
  }

  add(service: string, readiness: Readiness): void {
    this.#readiness.set(service, readiness)
  }

  addTo(server: Server): void {
    server.addService(serviceDefinition<HealthDefinition>('grpc.health.v1.Health'), {
      Check: (
        { request }: ServerUnaryCall<ReceivedHealthCheckRequest, HealthCheckResponse>,
        callback: sendUnaryData<HealthCheckResponse>,
      ) => {
        void this.#statusOf(request.service).then((found) => {
          if (found === 'SERVICE_UNKNOWN') callback({ code: status.NOT_FOUND, details: 'There is no such service.' })
          else callback(null, { status: found })
        })
      },
      Watch: (call: Watch) => this.#watch(call),
    })
  }

  /** Reports NOT_SERVING to all watchers. */
  close(): void {
    this.#isClosing = true
    for (const call of this.#watches) {
      call.write({ status: 'NOT_SERVING' })
      call.end()
    }
  }

  async #statusOf(service = ''): Promise<ServingStatus> {
    const readiness = this.#readiness.get(service)
    if (readiness === undefined) return 'SERVICE_UNKNOWN'
    if (this.#isClosing) return 'NOT_SERVING'
    return readiness().then(
      () => 'SERVING',
      () => 'NOT_SERVING',
    )
  }

  #watch(call: Watch): void {
    let last: ServingStatus | undefined
    const check = async () => {
      const found = await this.#statusOf(call.request.service)
      if (found === last || !this.#watches.has(call) || this.#isClosing) return
      last = found
      call.write({ status: found })
    }
    const timer = setInterval(check, WATCH_MS)
    this.#watches.add(call)
    // Emitted however the call ends.
    call.on('cancelled', () => {
      clearInterval(timer)
      this.#watches.delete(call)
    })
    void check()
  }
}
