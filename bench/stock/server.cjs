'use strict'

/*
 * The baseline for comparison: a setup that follows the READMEs of Fastify, pino, fastify-metrics and
 * @opentelemetry/auto-instrumentations-node, which `--require` loads before this file. It has response schemas
 * as Fastify recommends, pino's own transports for stdout and file, and defaults everywhere else.
 * Without TELEMETRY=on it is Fastify alone, without logs and metrics.
 */
const { readFileSync } = require('node:fs')
const fastify = require('fastify')
const { LRUCache } = require('lru-cache')

const { COURSE_FILE, LOG_FILE, PORT, TELEMETRY } = process.env

const app = fastify({ logger: TELEMETRY === 'on' && logger() })
if (TELEMETRY === 'on') app.register(require('fastify-metrics'), { endpoint: '/metrics' })
app.register(routes)
app.listen({ host: '127.0.0.1', port: Number(PORT) })
process.once('SIGTERM', () => app.close())

function logger() {
  return {
    level: 'info',
    transport: {
      targets: [
        { target: 'pino/file', options: { destination: 1 } },
        { target: 'pino/file', options: { destination: LOG_FILE } },
      ],
    },
  }
}

/** Routes are a separate plugin, so that fastify-metrics is registered before them. */
async function routes(app) {
  const courses = courseCache()

  app.get('/livez', async () => ({ status: 'ok' }))

  app.get('/hello', { schema: { response: { 200: helloSchema } } }, async (request) => {
    return { message: 'hello', request_id: request.id }
  })

  const schema = { params: { type: 'object', properties: { course_id: uuid } }, response: { 200: courseSchema } }
  app.get('/v1/courses/:course_id', { schema }, async (request, reply) => {
    return courses.get(request.params.course_id) ?? reply.callNotFound()
  })
}

/** One course, as the course app returns it. */
function courseCache() {
  const cache = new LRUCache({ max: 1000, ttl: 60_000 })
  if (COURSE_FILE === undefined) return cache
  const course = JSON.parse(readFileSync(COURSE_FILE, 'utf8'))
  cache.set(course.course_id, course, { ttl: 0 })
  return cache
}

const text = { type: 'string' }
const uuid = { type: 'string', format: 'uuid' }
const integer = { type: 'integer' }

const helloSchema = { type: 'object', properties: { message: text, request_id: text } }

const batchSchema = {
  type: 'object',
  properties: {
    batch_id: text,
    name: text,
    starts_at: text,
    ends_at: text,
    max_seats: integer,
    available_seats: integer,
    price: integer,
    currency: text,
  },
}

const courseSchema = {
  type: 'object',
  properties: {
    course_id: text,
    slug: text,
    name: text,
    description: text,
    published_at: { type: ['string', 'null'] },
    created_at: text,
    updated_at: text,
    batches: { type: 'array', items: batchSchema },
  },
}
