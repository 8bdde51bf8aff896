import helmet from '@fastify/helmet'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyPluginAsync } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { problemThat } from './problem-schema.ts'
import { API_HEADERS } from './server-defaults.ts'

/** OpenAPI 3.1, generated from the schemas of all routes that are added later. */
export const openapi = fastifyPlugin(
  async (app) => {
    await app.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: {
          title: 'Course app',
          description: 'The tutorial endpoints and the course booking API of the observability course.',
          version: '1.0.0',
          license: { name: 'MIT', identifier: 'MIT' },
        },
        servers: [{ url: '/', description: 'Where this document comes from.' }],
        tags: [
          { name: 'Tutorial', description: 'Endpoints that behave in one telling way each.' },
          { name: 'Courses', description: 'The catalog.' },
          { name: 'Bookings', description: 'From created to completed, one seat at a time.' },
          { name: 'Operations', description: 'For those who operate the service.' },
        ],
      },
      transformObject: (made) => completed((made as { openapiObject: Document }).openapiObject),
    })
  },
  { name: 'openapi' },
)

/** Swagger UI at `/swagger`, and the document at `/swagger/json`. Encapsulated, because Helmet is for pages alone. */
export const swaggerPages: FastifyPluginAsync = async (pages) => {
  // Helmet's headers replace those of the API.
  pages.addHook('onRequest', (_request, reply, done) => {
    for (const name of Object.keys(API_HEADERS)) reply.removeHeader(name)
    done()
  })
  await pages.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: PAGE_POLICY },
    // Only the proxy in front knows whether clients use TLS.
    strictTransportSecurity: false,
  })
  await pages.register(swaggerUi, {
    routePrefix: '/swagger',
    uiConfig: { tryItOutEnabled: true, displayRequestDuration: true },
  })
}

/** The part of OpenAPI that is used below. */
interface Response {
  readonly description?: string
  readonly headers?: object
}
interface Operation {
  readonly parameters?: readonly { readonly schema: object; required?: boolean }[]
  responses: Record<string, Response>
}
interface Document {
  readonly paths?: Record<string, Record<string, Operation>>
}

/** Adds what is common to all routes or cannot be part of a route's schema. */
function completed(document: Document): Document {
  for (const operation of Object.values(document.paths ?? {}).flatMap((methods) => Object.values(methods))) {
    for (const parameter of operation.parameters ?? []) {
      // The default is set before validation, so the parameter is optional.
      if ('default' in parameter.schema) parameter.required = false
    }
    const other = problemThat('Any other problem, such as a server that is too busy.')
    const responses: Record<string, Response> = { ...operation.responses, default: other }
    operation.responses = Object.fromEntries(
      Object.entries(responses).map(([status, response]) => [status, withHeaders(status, response)]),
    )
  }
  return document
}

function withHeaders(status: string, response: Response): Response {
  const ofBusyServer = ['503', '5XX', 'default'].includes(status) ? { 'retry-after': RETRY_AFTER } : {}
  return { ...response, headers: { 'x-request-id': REQUEST_ID, ...ofBusyServer, ...response.headers } }
}

const REQUEST_ID = {
  description: 'Names the request in logs and traces. Sent from phase 2 on; a caller may choose it by the same header.',
  schema: { type: 'string', pattern: '^[A-Za-z0-9._-]{1,128}$' },
}
const RETRY_AFTER = {
  description: 'With a 503: after how many seconds to try again.',
  schema: { type: 'integer', minimum: 1 },
}

/** All resources come from this server, and framing is forbidden. Swagger UI uses inline styles. */
const PAGE_POLICY = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:'],
  connectSrc: ["'self'"],
  frameAncestors: ["'none'"],
  baseUri: ["'none'"],
  formAction: ["'none'"],
}
