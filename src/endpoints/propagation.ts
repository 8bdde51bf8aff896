import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type Static, Type } from 'typebox'
import { Hop } from '../partner/hop.ts'
import type { GrpcClient } from '../platform/grpc/client.ts'
import { serviceDefinition } from '../platform/grpc/definitions.ts'
import { HttpError } from '../platform/problem.ts'
import { problemThat } from '../platform/problem-schema.ts'
import type { HopServiceDefinition } from '../proto/course/v1/HopService.ts'

export interface PropagationOptions {
  /** The base URL of the partner service. */
  readonly partnerUrl: () => Promise<string>
  /** A client of the course service. */
  readonly courseClient: () => GrpcClient
  /** Timeout for each of the two calls. */
  readonly timeoutMs: number
}

/**
 * `GET /propagation`: calls the partner over HTTP and the course service over gRPC, and shows which context each received.
 * This file passes nothing on: from phase 4 on, tracing adds `traceparent` to the calls.
 */
export const propagation: FastifyPluginAsyncTypebox<PropagationOptions> = async (app, options) => {
  app.get(
    '/propagation',
    {
      schema: {
        operationId: 'propagation',
        summary: 'Pass the trace context on',
        description:
          'Calls the partner service over HTTP and the course service over gRPC. Each answers with the trace context that it received.',
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
                    {
                      service: 'course-app',
                      protocol: 'grpc',
                      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-b7ad6b7169203331-01',
                      baggage: null,
                    },
                  ],
                  request_id: '0f1c8a52-6d7e-4b7a-9a51-8f6f2b1f9c11',
                },
              ],
            },
          ),
          502: problemThat('The partner service or the course service cannot be reached.'),
        },
      },
    },
    async (request) => {
      const { partnerUrl, courseClient, timeoutMs } = options
      const hop = await askPartner(`${await partnerUrl()}/hop`, timeoutMs)
      const second = await askCourse(courseClient(), timeoutMs)
      return {
        message: 'context propagated',
        trace_id: traceIdOf(hop.traceparent),
        hops: [hop, second],
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

async function askCourse(client: GrpcClient, timeoutMs: number): Promise<Static<typeof Hop>> {
  const { GetHop } = serviceDefinition<HopServiceDefinition>('course.v1.HopService')
  try {
    const hop = await client.call(GetHop, {}, { deadlineMs: timeoutMs, isRepeatable: true })
    const { service, traceparent = null, baggage = null } = hop
    return { service, protocol: 'grpc', traceparent, baggage }
  } catch (cause) {
    throw new HttpError(502, 'The course service cannot be reached.', true, { cause })
  }
}

/** `00-<trace id>-<parent id>-<flags>`, see https://www.w3.org/TR/trace-context-2/#traceparent-header */
function traceIdOf(traceparent: string | null): string | null {
  return traceparent?.split('-')[1] ?? null
}
