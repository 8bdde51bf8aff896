import { type Channel, channel } from 'node:diagnostics_channel'
import fastifyPlugin from 'fastify-plugin'
import { listen } from '../1-logging/listen.ts'
import { currentFields } from './request-scope.ts'

/** What Node's HTTP client tells of a request before it sends it. */
interface OutgoingRequest {
  /** Names and values in turn. */
  readonly headers: readonly unknown[]
  addHeader(name: string, value: string): void
}

/**
 * Sends the id of the request that is being served along with every `fetch` that is made for it, as
 * `x-request-id`. The other service takes it over, so one id finds the lines of both.
 *
 * https://github.com/nodejs/undici/blob/main/docs/docs/api/DiagnosticsChannel.md#undicirequestcreate
 */
export const outgoingId = fastifyPlugin(
  async (app) => {
    listen(app, REQUEST_CREATED, ({ request }) => {
      const { request_id } = currentFields()
      if (request_id !== undefined && !hasHeader(request, KEY)) request.addHeader(KEY, request_id)
    })
  },
  { name: 'outgoing-id', dependencies: ['request-scope'] },
)

const REQUEST_CREATED = channel('undici:request:create') as Channel<unknown, { request: OutgoingRequest }>
const KEY = 'x-request-id'

/** Code that calls another service may have chosen an id itself. */
function hasHeader({ headers }: OutgoingRequest, name: string): boolean {
  return headers.some((header, i) => i % 2 === 0 && String(header).toLowerCase() === name)
}
