import type { HealthDefinition } from '../../proto/grpc/health/v1/Health.ts'
import type { GrpcClient } from './client.ts'
import { serviceDefinition } from './definitions.ts'

/** Shorter than the timeout of `/readyz`. */
const CHECK = { deadlineMs: 800, isRepeatable: false }

/**
 * Calls the health service of a server.
 *
 * @param service the full name of a service there; empty: the server as a whole
 * @throws when the service is not ready, or does not respond
 */
export async function checkHealth(client: GrpcClient, service: string): Promise<void> {
  const { Check } = serviceDefinition<HealthDefinition>('grpc.health.v1.Health')
  const { status } = await client.callUnannounced(Check, { service }, CHECK)
  if (status !== 'SERVING') throw new Error(`the course service says ${status}`)
}
