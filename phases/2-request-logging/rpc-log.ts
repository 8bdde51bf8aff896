import type { FastifyBaseLogger } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { listen } from '../1-logging/listen.ts'
import { onEnd } from '../1-logging/on-end.ts'
import { channels, type Progress, type RpcAnnouncement } from '../announcements.ts'
import { bindScope } from './bind-scope.ts'
import { grpcStatus, isServerFault } from './grpc-status.ts'
import { idFrom } from './request-id.ts'
import { currentFields, type Scope } from './request-scope.ts'

/**
 * gRPC calls get what HTTP requests get: an id, which the caller may bring along in the call's metadata, on
 * every line that is logged for them, and a line when they are over. A call that this process makes takes
 * the id along, so that both sides of it can be found by one id.
 */
export const rpcLog = fastifyPlugin(
  async (app) => {
    const openScope = ({ requestMetadata, responseMetadata }: RpcAnnouncement): Scope => {
      const request_id = idFrom(requestMetadata.get(KEY))
      responseMetadata.set(KEY, request_id)
      return { fields: { request_id } }
    }

    bindScope(app, channels.rpcServer, openScope)
    listen(app, channels.rpcClient.start, ({ requestMetadata }) => {
      const { request_id } = currentFields()
      if (request_id !== undefined) requestMetadata.set(KEY, request_id)
    })
    onEnd(app, channels.rpcServer, (call, latency) => log(app.log, call, latency))
    onEnd(app, channels.rpcClient, (call, latency) => {
      app.log.debug({ ...fieldsOf(call), latency }, 'call to another service completed')
    })
  },
  { name: 'rpc-log', dependencies: ['request-id'] },
)

const KEY = 'x-request-id'

/** A caller that does not wait and a method that does not exist are no error of the server's, whatever the status. */
function log(logger: FastifyBaseLogger, call: RpcAnnouncement & Progress, latency: number): void {
  const path = call.originalMethod === undefined ? undefined : `/${call.originalMethod}`
  const line = { ...fieldsOf(call), path, latency }
  if (isServerFault(line.grpc_status) && !call.causedByCaller)
    logger.error({ ...line, err: call.error }, 'call completed')
  else logger[line.grpc_status === 'OK' ? 'info' : 'warn'](line, 'call completed')
}

function fieldsOf(call: RpcAnnouncement) {
  return { rpc: `${call.service}/${call.method}`, grpc_status: grpcStatus(call) }
}
