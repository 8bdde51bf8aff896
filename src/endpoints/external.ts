import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type Static, Type } from 'typebox'
import { HttpError } from '../platform/problem.ts'
import { Problem, problemThat } from '../platform/problem-schema.ts'

// The paths are those of httpbin, so that EXTERNAL_API_URL may point there.
const PATHS = {
  ok: ['/status/200', '/delay/0.05'],
  fail: ['/status/200', '/status/500'],
  timeout: ['/status/200', '/delay/10'],
} as const

const Call = Type.Object({
  url: Type.String(),
  status: Type.Integer(),
  latency_ms: Type.Number({ description: 'From sending the request to having read the answer.' }),
})

export interface ExternalOptions {
  /** The base URL of the API to call; looked up for each request, because the partner may have restarted. */
  readonly apiUrl: () => Promise<string>
  readonly timeoutMs: number
}

/** `GET /external?mode=ok`: two calls to another service, one after the other, that may fail or hang. */
export const external: FastifyPluginAsyncTypebox<ExternalOptions> = async (app, { apiUrl, timeoutMs }) => {
  app.get(
    '/external',
    {
      schema: {
        operationId: 'external',
        summary: 'Call an external API',
        description:
          'Calls the external API twice. `mode=fail` makes the second call fail, `mode=timeout` makes it hang.',
        tags: ['Tutorial'],
        querystring: Type.Object({
          mode: Type.Enum(['ok', 'fail', 'timeout'], {
            default: 'ok',
            description: 'How the external API behaves.',
            examples: ['ok'],
          }),
        }),
        response: {
          200: Type.Object(
            { message: Type.String(), calls: Type.Array(Call), request_id: Type.String() },
            {
              description: 'What each call took.',
              examples: [
                {
                  message: 'external API calls completed',
                  calls: [
                    { url: 'http://127.0.0.1:41233/status/200', status: 200, latency_ms: 3.1 },
                    { url: 'http://127.0.0.1:41233/delay/0.05', status: 200, latency_ms: 52.9 },
                  ],
                  request_id: '0f1c8a52-6d7e-4b7a-9a51-8f6f2b1f9c11',
                },
              ],
            },
          ),
          400: Problem,
          502: problemThat('The external API failed or cannot be reached.'),
          504: problemThat('The external API did not answer in time.'),
        },
      },
    },
    async (request) => {
      const api = await apiUrl()
      const calls: Static<typeof Call>[] = []
      for (const path of PATHS[request.query.mode]) calls.push(await call(`${api}${path}`, timeoutMs))
      return { message: 'external API calls completed', calls, request_id: request.id }
    },
  )
}

async function call(url: string, timeoutMs: number): Promise<Static<typeof Call>> {
  const start = performance.now()
  const status = await fetchStatus(url, timeoutMs)
  if (status >= 400) throw new HttpError(502, `The external API answered with status ${status}.`, true)
  return { url, status, latency_ms: Math.round((performance.now() - start) * 10) / 10 }
}

async function fetchStatus(url: string, timeoutMs: number): Promise<number> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) })
    await response.arrayBuffer() // an unread response keeps its connection busy
    return response.status
  } catch (cause) {
    if ((cause as Error).name === 'TimeoutError') {
      throw new HttpError(504, `The external API did not answer within ${timeoutMs} ms.`, true, { cause })
    }
    throw new HttpError(502, 'The external API cannot be reached.', true, { cause })
  }
}
