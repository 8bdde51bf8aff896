import { type Channel, channel } from 'node:diagnostics_channel'
import fastifyPlugin from 'fastify-plugin'
import { listen } from '../1-logging/listen.ts'
import { currentFields } from './request-scope.ts'

/** A request that Node's `fetch` is about to send. */
interface OutgoingRequest {
  /** Alternating names and values. */
  readonly headers: readonly unknown[]
  addHeader(name: string, value: string): void
}

/**
 * Adds the id of the current request to every `fetch` that is made for it, as `x-request-id`. The other service
 * adopts the id, so one id finds the lines of both.
 *
 * https://github.com/nodejs/undici/blob/main/docs/docs/api/DiagnosticsChannel.md#undicirequestcreate
 */
export const outgoingId = fastifyPlugin(
  async (app) => {
    listen(app, REQUEST_CREATED, ({ request }) => {
      const { request_id } = currentFields()
      if (request_id !== undefined && !hasHeader(request, HEADER)) request.addHeader(HEADER, request_id)
    })
  },
  { name: 'outgoing-id', dependencies: ['request-scope'] },
)

const REQUEST_CREATED = channel('undici:request:create') as Channel<unknown, { request: OutgoingRequest }>
const HEADER = 'x-request-id'

/** Whether the caller of `fetch` has set the header itself. */
function hasHeader({ headers }: OutgoingRequest, name: string): boolean {
  return headers.some((header, i) => i % 2 === 0 && String(header).toLowerCase() === name)
}
