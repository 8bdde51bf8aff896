import { STATUS_CODES } from 'node:http'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import type {} from './allowed-methods.ts'
import { DomainError, type DomainErrorCode } from './domain-error.ts'
import type { Problem } from './problem-schema.ts'
import { faultsIn } from './validator.ts'

/** An error that is about HTTP itself: an upstream that fails, a status that was asked for. */
export class HttpError extends Error {
  override readonly name = 'HttpError'

  /** @param message is shown to the caller when `statusCode` is below 500, or when `expose` says so. */
  constructor(
    readonly statusCode: number,
    message: string,
    readonly expose = statusCode < 500,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

const STATUS_OF: Record<DomainErrorCode, number> = {
  invalid: 400,
  idempotency_key_reused: 422,
  not_found: 404,
  conflict: 409,
  sold_out: 409,
  unavailable: 503,
  timeout: 504,
  internal: 500,
}

/**
 * Answers every error as RFC 9457 problem details (`application/problem+json`).
 * A 5xx never shows what the error said: that belongs into the log.
 *
 * https://www.rfc-editor.org/rfc/rfc9457
 */
export const problemDetails = fastifyPlugin(
  async (app) => {
    app.setErrorHandler((error: FastifyError | Error, request, reply) => {
      const problem = describe(error)
      if (problem.status === 503 && !reply.hasHeader('retry-after')) reply.header('retry-after', '1')
      return sendProblem(request, reply, problem)
    })

    // Before the body is read, which no route would take. Fastify takes each hook of a route here; its types know of two.
    const preParsing = (request: FastifyRequest, reply: FastifyReply) => void answerUnknown(request, reply)
    const hooks = { preParsing, preHandler: [] }
    app.setNotFoundHandler(hooks, answerUnknown)
  },
  { name: 'problem-details' },
)

/** To a request that fits no route: is it the URL, its path, or the method? */
function answerUnknown(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (request.originalUrl !== request.url)
    return sendProblem(request, reply, { status: 400, detail: 'The URL has a malformed percent-encoding.' })
  const path = pathOf(request)
  const methods = request.server.methodsOf(path)
  if (methods.length === 0) {
    const detail = `There is no ${request.method} ${path}. See /swagger for what there is.`
    return sendProblem(request, reply, { status: 404, detail })
  }
  reply.header('allow', methods.join(', '))
  return sendProblem(request, reply, { status: 405, detail: `${path} has ${methods.join(' and ')} only.` })
}

type Description = Pick<Problem, 'status'> & Partial<Pick<Problem, 'title' | 'detail' | 'errors'>>

function describe(error: FastifyError | Error): Description {
  if (error instanceof DomainError) return describeDomainError(error)
  const { validation, validationContext, statusCode = 500 } = error as Partial<FastifyError>
  if (validation) {
    return {
      status: 400,
      detail: `The request's ${PART[validationContext ?? ''] ?? 'input is'} not valid.`,
      errors: faultsIn(validation),
    }
  }
  const status = statusCode >= 400 && statusCode <= 599 ? statusCode : 500
  if (status >= 500 && (error as Partial<HttpError>).expose !== true)
    return { status, detail: UNEXPECTED[status] ?? UNEXPECTED[500] }
  return { status, detail: error.message }
}

function describeDomainError(error: DomainError): Description {
  const status = STATUS_OF[error.code]
  if (error.code === 'internal') return { status, detail: UNEXPECTED[500] }
  return {
    status,
    detail: error.message,
    ...(error.code === 'sold_out' ? { title: 'Sold Out' } : {}),
    ...(error.code === 'invalid' && error.fields.length > 0 ? { errors: [...error.fields] } : {}),
  }
}

const UNEXPECTED: Record<number, string> = {
  500: 'The server ran into an error. Its log has the details under this request_id.',
  503: 'The server cannot take this request just now. Try again shortly.',
}

/** Fastify's names for the parts of a request, in a sentence. */
const PART: Record<string, string> = {
  body: 'body is',
  params: 'path is',
  querystring: 'query is',
  headers: 'headers are',
}

function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  { status, title, detail, errors }: Description,
): FastifyReply {
  const problem: Problem = {
    type: 'about:blank',
    title: title ?? STATUS_CODES[status] ?? 'Error',
    status,
    detail: detail ?? STATUS_CODES[status] ?? 'Error',
    instance: pathOf(request),
    request_id: request.id,
    ...(errors ? { errors } : {}),
  }
  return reply.code(status).type('application/problem+json').serializer(JSON.stringify).send(problem)
}

function pathOf(request: FastifyRequest): string {
  const { originalUrl } = request
  const end = originalUrl.indexOf('?')
  return end === -1 ? originalUrl : originalUrl.slice(0, end)
}
