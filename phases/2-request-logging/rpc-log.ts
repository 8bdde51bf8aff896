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
 * Logs gRPC calls like HTTP requests. Each call gets an id, which the caller may send in the metadata. The id is on
 * every line that is logged for the call, and one line reports its end. Calls that this process makes carry the id on,
 * so one id finds the lines of both sides.
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

/** A cancelled call and an unknown method are the caller's mistakes, whatever the status. */
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
