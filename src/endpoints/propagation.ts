import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type Static, Type } from 'typebox'
import { Hop } from '../partner/hop.ts'
import { HttpError } from '../platform/problem.ts'
import { problemThat } from '../platform/problem-schema.ts'

export interface PropagationOptions {
  /** The base URL of the partner service. */
  readonly partnerUrl: () => Promise<string>
  readonly timeoutMs: number
}

/**
 * `GET /propagation`: calls the partner and shows which context it received.
 * This file passes nothing on: from phase 4 on, tracing adds `traceparent` to the call by itself.
 */
export const propagation: FastifyPluginAsyncTypebox<PropagationOptions> = async (app, { partnerUrl, timeoutMs }) => {
  app.get(
    '/propagation',
    {
      schema: {
        operationId: 'propagation',
        summary: 'Pass the trace context on',
        description: 'Calls the partner service, which answers with the trace context that it received.',
        tags: ['Tutorial'],
        response: {
          200: Type.Object(
            {
              message: Type.String(),
              trace_id: Type.Union([Type.String(), Type.Null()], { description: 'null before phase 4.' }),
              hops: Type.Array(Hop),
              request_id: Type.String(),
            },
            {
              description: 'What each hop received.',
              examples: [
                {
                  message: 'context propagated',
                  trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
                  hops: [
                    {
                      service: 'partner',
                      protocol: 'http',
                      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
                      baggage: null,
                    },
                  ],
                  request_id: '0f1c8a52-6d7e-4b7a-9a51-8f6f2b1f9c11',
                },
              ],
            },
          ),
          502: problemThat('The partner service cannot be reached.'),
        },
      },
    },
    async (request) => {
      const hop = await askPartner(`${await partnerUrl()}/hop`, timeoutMs)
      return {
        message: 'context propagated',
        trace_id: traceIdOf(hop.traceparent),
        hops: [hop],
        request_id: request.id,
      }
    },
  )
}

async function askPartner(url: string, timeoutMs: number): Promise<Static<typeof Hop>> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) })
    if (!response.ok) throw new Error(`${url} answered with status ${response.status}`)
    return (await response.json()) as Static<typeof Hop>
  } catch (cause) {
    throw new HttpError(502, 'The partner service cannot be reached.', true, { cause })
  }
}

/** `00-<trace id>-<parent id>-<flags>`, see https://www.w3.org/TR/trace-context/#traceparent-header */
function traceIdOf(traceparent: string | null): string | null {
  return traceparent?.split('-')[1] ?? null
}
